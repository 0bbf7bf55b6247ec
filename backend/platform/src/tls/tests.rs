#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ServerConnection};

use super::*;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("domicile-tls-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn authority(&self, name: &str) -> Issuer<'static, KeyPair> {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        fs::write(self.0.join(format!("{name}.ca.pem")), params.self_signed(&key).unwrap().pem()).unwrap();
        Issuer::new(params, key)
    }

    /// Files of a holder signed by `issuer`, who trusts the authority `ca`.
    fn holder(&self, issuer: &Issuer<'static, KeyPair>, ca: &str, dns: &str) -> TlsFiles {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![dns.to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
        let files = TlsFiles {
            ca: self.0.join(format!("{ca}.ca.pem")),
            certificate: self.0.join(format!("{dns}.pem")),
            key: self.0.join(format!("{dns}.key")),
        };
        fs::write(&files.certificate, certificate.pem()).unwrap();
        fs::write(&files.key, key.serialize_pem()).unwrap();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs a handshake in memory; the region that the server reads from the client's certificate.
fn handshake(server: &TlsFiles, client: &TlsFiles, name: &str) -> Result<Option<String>, String> {
    let mut server = ServerConnection::new(Arc::new(server.server().unwrap())).unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(client.client().unwrap()), name).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut wire = Vec::new();
        client.write_tls(&mut wire).unwrap();
        server.read_tls(&mut wire.as_slice()).unwrap();
        server.process_new_packets().map_err(|error| error.to_string())?;
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        client.read_tls(&mut wire.as_slice()).unwrap();
        client.process_new_packets().map_err(|error| error.to_string())?;
    }
    Ok(server.peer_certificates().and_then(|chain| chain.first()).and_then(node_region))
}

#[test]
fn s3_a_peer_is_known_by_the_region_in_its_certificate() {
    let folder = Folder::new("known");
    let authority = folder.authority("own");
    let (eu, us) =
        (folder.holder(&authority, "own", "node.eu.domicile.internal"), folder.holder(&authority, "own", "node.us.domicile.internal"));

    assert_eq!(handshake(&eu, &us, "node.eu.domicile.internal"), Ok(Some("us".to_owned())));
    assert_eq!(us.own_region().unwrap(), Some("us".to_owned()));
    assert!(handshake(&eu, &us, "node.au.domicile.internal").is_err());
}

#[test]
fn s3_a_certificate_of_another_authority_is_refused() {
    let folder = Folder::new("foreign");
    let (own, foreign) = (folder.authority("own"), folder.authority("foreign"));
    let eu = folder.holder(&own, "own", "node.eu.domicile.internal");
    let stranger = folder.holder(&foreign, "own", "node.us.domicile.internal");

    assert!(handshake(&eu, &stranger, "node.eu.domicile.internal").is_err());
}

#[test]
fn only_node_names_name_a_region() {
    assert_eq!(region_of("node.eu.domicile.internal"), Some("eu"));
    for other in ["control.domicile.internal", "node..domicile.internal", "node.a.b.domicile.internal", "node.eu.domicile.internal.example"]
    {
        assert_eq!(region_of(other), None, "{other}");
    }
}

#[test]
fn s3_an_absent_file_is_named() {
    let missing = PathBuf::from("/nowhere/ca.pem");
    let files = TlsFiles { ca: missing.clone(), certificate: missing.clone(), key: missing };

    let error = files.client().unwrap_err().to_string();

    assert!(error.contains("/nowhere/ca.pem"), "{error}");
}
