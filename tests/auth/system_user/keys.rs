//! The private key of the application: its formats, its signature, and keys that are rejected.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::online_server::keys::Key;
use crate::support::{Run, programs};

use super::{Fixture, USER, key};

#[test]
fn key_may_be_in_xml_or_in_either_form_of_pem() {
    let fixture = Fixture::new();
    let key = key();
    let long = key.xml().replace("><", ">\r\n  <");
    let in_one_line = key.0.replace('\n', "\\n");
    for text in
        [key.0.clone(), key.pkcs1(), key.xml(), long, format!("\u{feff}{}", key.xml()), in_one_line]
    {
        fixture.key(text);
        assert_eq!(fixture.steps().last(), Some(&"tickets"));
        fixture.remove_ticket();
    }
    // A variable holds the key with its line breaks.
    let lines = USER.replace("file:key", "env:SU_KEY");
    let fixture = Fixture::with(&lines);
    let run = Run::of(fixture.get(&[]).env("SU_KEY", key.pkcs1()));
    assert_eq!(run.code, 0, "{run}");
}

#[test]
fn openssl_reads_each_form_of_the_key_and_verifies_the_signature() {
    if !programs::needed("openssl") {
        return;
    }
    let fixture = Fixture::new();
    assert_eq!(Run::of(&mut fixture.get(&[])).code, 0);
    let asked = fixture.online.requests();
    let body = asked.iter().find_map(|asked| serde_json::from_str::<Value>(&asked.body).ok());
    let token = body.expect("JSON")["SignedSystemToken"].as_str().expect("a token").to_owned();
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path.to_string_lossy().into_owned()
    };
    let openssl = |arguments: &[&str]| {
        let output = programs::program("openssl").expect("it").args(arguments).output();
        Run::from(output.expect("openssl"))
    };
    let public = file("public", key().public().as_bytes());
    let signature = file("signature", &STANDARD.decode(signature).expect("base64"));
    let text = file("text", signed.as_bytes());
    let verify = ["dgst", "-sha256", "-verify", &public, "-signature", &signature, &text];
    assert_eq!(openssl(&verify).stdout, "Verified OK\n");
    let modulus = openssl(&["rsa", "-noout", "-modulus", "-pubin", "-in", &public]).stdout;
    assert!(modulus.starts_with("Modulus="), "{modulus}");
    for private in [key().0, key().pkcs1()] {
        let private = file("private", private.as_bytes());
        let run = openssl(&["rsa", "-noout", "-modulus", "-check", "-in", &private]);
        assert_eq!(run.stdout, format!("{modulus}RSA key ok\n"), "{run}");
    }
}

#[test]
fn key_that_cannot_be_used_is_refused_and_nothing_sent() {
    let fixture = Fixture::new();
    let key = key();
    let weak = Key::weak();
    let mut messages = String::new();
    for (what, text) in [
        ("encrypted PKCS#8", include_str!("../../fixtures/keys/encrypted-pkcs8.pem").to_owned()),
        ("encrypted PKCS#1", include_str!("../../fixtures/keys/encrypted-pkcs1.pem").to_owned()),
        ("EC", include_str!("../../fixtures/keys/curve-pkcs8.pem").to_owned()),
        ("SEC1", include_str!("../../fixtures/keys/curve-sec1.pem").to_owned()),
        ("1024 bits", weak.0.clone()),
        ("1024 bits in XML", weak.xml()),
        ("public", key.public()),
        ("public XML", key.xml().replace("<D>", "<E>")),
        ("EC in XML", "<ECDSAKeyValue></ECDSAKeyValue>".to_owned()),
        ("XML without P", key.xml().replace("<P>", "<R>")),
        ("XML with another P", {
            let xml = key.xml();
            let q = xml.split_once("<Q>").expect("Q").1.split_once("</Q>").expect("Q").0.to_owned();
            let p = xml.split_once("<P>").expect("P").1.split_once("</P>").expect("P").0.to_owned();
            xml.replace(&p, &q)
        }),
        ("half", key.0[..800].to_owned()),
        ("canary", "canary".to_owned()),
    ] {
        fixture.key(text);
        messages += &format!("{what}: {}", fixture.usage_error());
    }
    insta::assert_snapshot!(messages, @"
    encrypted PKCS#8: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key has a passphrase
    hint: keep it without one, where only you can read it: openssl pkcs8 -in KEY -topk8 -nocrypt -out NEW
    encrypted PKCS#1: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key has a passphrase
    hint: keep it without one, where only you can read it: openssl pkcs8 -in KEY -topk8 -nocrypt -out NEW
    EC: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is not RSA
    hint: a system user signs with the RSA key that SuperOffice gave out for the application
    SEC1: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is not RSA
    hint: a system user signs with the RSA key that SuperOffice gave out for the application
    1024 bits: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is too weak: RSA under 2048 bits, or with an exponent under 65537
    hint: have a new key made for the application
    1024 bits in XML: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is too weak: RSA under 2048 bits, or with an exponent under 65537
    hint: have a new key made for the application
    public: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): this is a public key, and the private one is needed
    public XML: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): this is a public key, and the private one is needed
    EC in XML: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is not RSA
    hint: a system user signs with the RSA key that SuperOffice gave out for the application
    XML without P: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is damaged: a part is lacking or is not what it should be
    XML with another P: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is damaged: a part is lacking or is not what it should be
    half: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): the private key is damaged: a part is lacking or is not what it should be
    canary: error: system_user.private_key file:key of profile 'ci' (CONFIG/sotickets/config.toml, line 6): this is not a private key in XML or PEM
    hint: it begins with <RSAKeyValue> or with -----BEGIN PRIVATE KEY-----
    ");
}
