//! Whom TLS trusts, and why it doesn't.

use std::error::Error;
use std::fmt;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, RootCertStore};
use serde::{Deserialize, Serialize};

/// Whose certificates are believed.
#[derive(Clone, Debug, Default)]
pub enum Trust {
    /// The authorities that the system knows.
    #[default]
    System,
    /// These, in place of the system's.
    Only(CaBundle),
    /// Everybody: certificates are not checked at all.
    Anyone,
}

/// Certificates to trust, as PEM.
#[derive(Clone)]
pub struct CaBundle {
    certificates: Vec<reqwest::Certificate>,
}

/// Why a file holds no certificates to trust.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaBundleError {
    /// There is no PEM block of a certificate in it.
    #[error("it holds no certificate; give a PEM file with `-----BEGIN CERTIFICATE-----` in it")]
    Empty,
    /// What stands in a block is no certificate.
    #[error("certificate {number} in it can't be read: {reason}; export it again as PEM")]
    Unreadable {
        /// Which one, from 1.
        number: usize,
        /// What the TLS library says.
        reason: String,
    },
}

impl CaBundle {
    /// Reads the certificates of a PEM file; what else it holds is passed over.
    ///
    /// # Errors
    /// If it holds none, or one that can't be read.
    pub fn parse(pem: &[u8]) -> Result<Self, CaBundleError> {
        let mut certificates = Vec::new();
        for (index, found) in CertificateDer::pem_slice_iter(pem).enumerate() {
            let unreadable =
                |reason: String| CaBundleError::Unreadable { number: index + 1, reason };
            let found = found.map_err(|error| unreadable(error.to_string()))?;
            let mut roots = RootCertStore::empty();
            roots.add(found.clone()).map_err(|error| unreadable(error.to_string()))?;
            let read = reqwest::Certificate::from_der(&found);
            certificates.push(read.map_err(|error| unreadable(error.to_string()))?);
        }
        if certificates.is_empty() { Err(CaBundleError::Empty) } else { Ok(Self { certificates }) }
    }

    pub(super) fn certificates(&self) -> impl Iterator<Item = reqwest::Certificate> {
        self.certificates.iter().cloned()
    }
}

impl fmt::Debug for CaBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CaBundle({} certificates)", self.certificates.len())
    }
}

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateFault {
    /// Its time is over.
    Expired,
    /// Its time has not begun.
    NotYetValid,
    /// Nobody whom we trust has signed it; self-signed ones are among these.
    UnknownIssuer,
    /// It is self-signed and calls itself an authority's, which no server's is.
    Authority,
    /// It is made out to other names.
    OtherName,
    /// It has been taken back.
    Revoked,
    /// Anything else.
    Other,
}

impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "its certificate has expired",
            Self::NotYetValid => "its certificate is not valid yet",
            Self::UnknownIssuer => "its certificate is signed by nobody who is trusted here",
            Self::Authority => {
                "its certificate is signed by nobody who is trusted here but itself, and says that it \
                 is an authority's, not a server's"
            }
            Self::OtherName => "its certificate is made out to another name",
            Self::Revoked => "its certificate has been revoked",
            Self::Other => "its certificate can't be trusted",
        })
    }
}

impl CertificateFault {
    /// What is wrong with the certificate, where that is what an error comes from.
    pub(super) fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let rustls::Error::InvalidCertificate(why) = tls_error(error)? else { return None };
        Some(match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::OtherName
            }
            CertificateError::Revoked => Self::Revoked,
            // A bad signature is that of an issuer who only has the name of one who is trusted.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => Self::UnknownIssuer,
            // Verifiers of platforms, and self-signed ones that call themselves authorities.
            CertificateError::Other(other) => {
                let says = other.to_string();
                if says.contains("CaUsedAsEndEntity") {
                    Self::Authority
                } else if says.contains("UnknownIssuer") {
                    Self::UnknownIssuer
                } else {
                    Self::Other
                }
            }
            _ => Self::Other,
        })
    }
}

/// The TLS library's own error in an error: I/O errors hold it without naming it as their source.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(held) = next {
        if let Some(found) = held.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        let inner = held.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        next = match inner {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => held.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{CaBundle, CaBundleError};

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        for text in ["", "no PEM at all", "-----BEGIN CERTIFICATE-----\nAAAA\n"] {
            let error = CaBundle::parse(text.as_bytes()).expect_err(text);
            assert!(error.to_string().contains("PEM"), "{error}");
        }
        let other = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = CaBundle::parse(other.as_bytes()).expect_err("is no certificate");
        assert!(matches!(error, CaBundleError::Unreadable { number: 1, .. }), "{error}");
    }
}
