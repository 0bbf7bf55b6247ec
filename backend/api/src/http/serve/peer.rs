//! Who stands at the other end of a mutual-TLS connection: the region named in the client's certificate.

use rustls::ServerConnection;

/// The region of a verified client certificate, by its code. The chain has been checked by rustls before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerRegion(pub String);

impl PeerRegion {
    /// The region the client's certificate names. `None` without a certificate or when it is no node's.
    pub(super) fn of(connection: &ServerConnection) -> Option<Self> {
        let end_entity = connection.peer_certificates()?.first()?;
        app::node_region(end_entity).map(Self)
    }
}
