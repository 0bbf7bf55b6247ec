//! A socket with patience measured out: a reader that stalls is dropped, and the end is a clean one.
//!
//! Closing a socket while the client's bytes are still coming in makes the kernel send a reset, which can destroy an
//! answer the client has not read yet. A refusal sent before the body was read (R4) would be lost that way. So shutting
//! down means: say "no more from us", then take in and throw away what comes until the client closes or `linger` is over.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// The most bytes thrown away after the last answer.
const LINGER_BYTES: usize = 4 * 1024 * 1024;

pub(super) struct PatientStream<T> {
    inner: T,
    write_stall: Duration,
    linger: Duration,
    /// Runs while a write waits for the client.
    stalled: Option<Pin<Box<Sleep>>>,
    closing: Closing,
}

enum Closing {
    NotYet,
    Lingering { until: Pin<Box<Sleep>>, left: usize },
}

impl<T> PatientStream<T> {
    pub(super) fn new(inner: T, write_stall: Duration, linger: Duration) -> Self {
        Self { inner, write_stall, linger, stalled: None, closing: Closing::NotYet }
    }

    /// Passes `polled` through and fails it once it has been pending for the whole stall time.
    fn with_patience<R>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<R>>) -> Poll<io::Result<R>> {
        if polled.is_ready() {
            self.stalled = None;
            return polled;
        }
        let stall = self.write_stall;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(stall)));
        timer.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for PatientStream<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for PatientStream<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write(cx, buf);
        self.with_patience(cx, polled)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bufs: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.inner).poll_write_vectored(cx, bufs);
        self.with_patience(cx, polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.inner).poll_flush(cx);
        self.with_patience(cx, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if matches!(this.closing, Closing::NotYet) {
            let polled = Pin::new(&mut this.inner).poll_shutdown(cx);
            ready!(this.with_patience(cx, polled))?;
            this.closing = Closing::Lingering { until: Box::pin(sleep(this.linger)), left: LINGER_BYTES };
        }
        let Closing::Lingering { until, left } = &mut this.closing else { return Poll::Ready(Ok(())) };
        let mut waste = [0; 4096];
        while *left > 0 && until.as_mut().poll(cx).is_pending() {
            let mut buf = ReadBuf::new(&mut waste);
            match ready!(Pin::new(&mut this.inner).poll_read(cx, &mut buf)) {
                Ok(()) if !buf.filled().is_empty() => *left = left.saturating_sub(buf.filled().len()),
                Ok(()) | Err(_) => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}
