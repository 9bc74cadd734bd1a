//! RSA keys and signatures, made and checked by openssl, and what the stand-in signs.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// What `openssl` with these arguments prints.
pub fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl")
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .expect("openssl, which .ci/run installs");
    assert!(output.status.success(), "openssl {}", arguments.join(" "));
    output.stdout
}

/// The text of it.
pub fn openssl_text(arguments: &[&str]) -> String {
    String::from_utf8(openssl(arguments)).expect("UTF-8")
}

/// An RSA key in PKCS#8.
pub struct Key(pub String);

impl Key {
    /// A key of `bits`.
    pub fn new(bits: u32) -> Self {
        let bits = format!("rsa_keygen_bits:{bits}");
        Self(openssl_text(&["genpkey", "-algorithm", "RSA", "-pkeyopt", &bits]))
    }

    /// In PKCS#1.
    pub fn pkcs1(&self) -> String {
        self.converted(&["rsa", "-traditional"])
    }

    /// The public key.
    pub fn public(&self) -> String {
        self.converted(&["rsa", "-pubout"])
    }

    /// As .NET writes it.
    pub fn xml(&self) -> String {
        let names = [
            ("Modulus", "modulus:"),
            ("Exponent", "publicExponent:"),
            ("P", "prime1:"),
            ("Q", "prime2:"),
            ("DP", "exponent1:"),
            ("DQ", "exponent2:"),
            ("InverseQ", "coefficient:"),
            ("D", "privateExponent:"),
        ];
        let numbers = self.numbers();
        let element = |(name, label): (&str, &str)| {
            format!("<{name}>{}</{name}>", STANDARD.encode(number(&numbers, label)))
        };
        format!("<RSAKeyValue>{}</RSAKeyValue>\r\n", names.map(element).concat())
    }

    /// The public key as a member of a key set.
    pub fn jwk(&self, kid: &str) -> Value {
        let numbers = self.numbers();
        let part = |label| URL_SAFE_NO_PAD.encode(number(&numbers, label));
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid,
            "n": part("modulus:"), "e": part("publicExponent:"),
        })
    }

    /// The signature of `text`.
    pub fn sign(&self, text: &str) -> Vec<u8> {
        in_files(&[&self.0, text], |paths| {
            openssl(&["dgst", "-sha256", "-sign", paths[0], paths[1]])
        })
    }

    fn numbers(&self) -> String {
        self.converted(&["rsa", "-text", "-noout"])
    }

    fn converted(&self, arguments: &[&str]) -> String {
        in_files(&[&self.0], |paths| {
            openssl_text(&[&[arguments[0], "-in", paths[0]], &arguments[1..]].concat())
        })
    }
}

/// Whether `signature` is that of `text` by the key whose public half is in `pem`.
pub fn is_signed(text: &str, signature: &[u8], pem: &str) -> bool {
    in_files(&[pem, text], |paths| {
        let folder = Path::new(paths[0]).parent().expect("a folder");
        let file = folder.join("signature");
        fs::write(&file, signature).expect("a file");
        Command::new("openssl")
            .args(["dgst", "-sha256", "-verify", paths[0], "-signature"])
            .arg(file)
            .arg(paths[1])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("openssl")
            .success()
    })
}

/// The stand-in's key, made for these tests alone.
pub fn own() -> Key {
    Key(include_str!("../../fixtures/service-key.pem").to_owned())
}

/// The header of what it signs.
pub fn header() -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": "first" })
}

/// The key set to check it with.
pub fn set() -> Value {
    static SET: OnceLock<Value> = OnceLock::new();
    SET.get_or_init(|| json!({ "keys": [own().jwk("first")] })).clone()
}

/// A signed token of these claims.
pub fn jwt(header: &Value, claims: &Value, key: &Key) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(&signed));
    format!("{signed}.{signature}")
}

/// The number below `label` in what `openssl rsa -text` prints, without zeros before it.
fn number(text: &str, label: &str) -> Vec<u8> {
    let (_, rest) = text.split_once(label).expect(label);
    let first = rest.lines().next().expect("a line").trim();
    if let Some((_, hex)) = first.split_once("(0x") {
        let hex = hex.trim_end_matches(')');
        let hex = if hex.len() % 2 == 0 { hex.to_owned() } else { format!("0{hex}") };
        return bytes(&hex);
    }
    let hex: String = rest
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with("    "))
        .flat_map(|line| line.chars().filter(char::is_ascii_hexdigit))
        .collect();
    let bytes = bytes(&hex);
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes[zeros..].to_vec()
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// Has `run` look at files with these texts.
pub fn in_files<T>(texts: &[&str], run: impl FnOnce(&[&str]) -> T) -> T {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |(at, text): (usize, &&str)| {
        let path = folder.path().join(at.to_string());
        fs::write(&path, text).expect("a file");
        path.to_string_lossy().into_owned()
    };
    let paths: Vec<String> = texts.iter().enumerate().map(write).collect();
    run(&paths.iter().map(String::as_str).collect::<Vec<_>>())
}
