//! Who stands at the other end of a mutual-TLS connection: the region named in the client's certificate.

use rustls::ServerConnection;
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// The region of a verified client certificate, by its code.
///
/// A node's certificate carries the DNS name `node.<code>.domicile.internal`. The chain has been checked by rustls before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerRegion(pub String);

impl PeerRegion {
    /// The region the client's certificate names. `None` without a certificate or without such a name.
    pub(super) fn of(connection: &ServerConnection) -> Option<Self> {
        let end_entity = connection.peer_certificates()?.first()?;
        let (_, certificate) = X509Certificate::from_der(end_entity).ok()?;
        let names = certificate.subject_alternative_name().ok()??;
        names.value.general_names.iter().find_map(|name| match name {
            GeneralName::DNSName(name) => region_in(name),
            _ => None,
        })
    }
}

fn region_in(dns_name: &str) -> Option<PeerRegion> {
    let code = dns_name.strip_prefix("node.")?.strip_suffix(".domicile.internal")?;
    let plain = !code.is_empty() && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    plain.then(|| PeerRegion(code.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_node_name_names_a_region() {
        assert_eq!(region_in("node.eu.domicile.internal"), Some(PeerRegion("eu".into())));
        for other in [
            "control.domicile.internal",
            "node..domicile.internal",
            "node.eu.domicile.internal.evil.example",
            "node.eu.x.domicile.internal",
            "eu",
        ] {
            assert_eq!(region_in(other), None, "{other}");
        }
    }
}
