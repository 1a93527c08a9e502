//! Flags about the way to the target.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::run::Rate;

/// The flags of `test` about the way to the target.
#[derive(Clone, Debug, Default, Args)]
pub struct WireFlags {
    /// A PEM file with the certificates to trust in place of the system's.
    #[arg(long, value_name = "FILE", help_heading = "Target")]
    pub ca_file: Option<PathBuf>,
    /// Don't check certificates: whoever answers is believed, and gets the credential.
    #[arg(long, conflicts_with = "ca_file", help_heading = "Target")]
    pub insecure: bool,
    /// The proxy to go through: its URL, of the scheme http, https, socks5 or socks5h.
    #[arg(long, value_name = "URL", help_heading = "Target")]
    pub proxy: Option<String>,

    /// The most requests a second, such as 20, 20/s or 30/m [default: as fast as answers come].
    #[arg(long, value_name = "N/s", help_heading = "Limits")]
    pub rate: Option<Rate>,
    /// An answer that takes longer, also when sent again alone, is a failure; connecting counts
    /// [default: none is].
    #[arg(long, value_name = "TIME", value_parser = super::flags::duration)]
    #[arg(help_heading = "Limits")]
    pub max_response_time: Option<Duration>,
    /// The largest body of an answer once it is decoded, such as 512KiB or 8MiB [default: 4MiB].
    #[arg(long, value_name = "BYTES", value_parser = bytes, help_heading = "Limits")]
    pub max_body: Option<usize>,
}

/// Reads a number of bytes: `1000`, `64k`, `512KiB`, `8MB`.
fn bytes(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err("the units are B, KiB, MiB, GiB, kB, MB and GB: 8MiB".to_owned()),
    };
    let number: Option<usize> = number.parse().ok();
    number
        .and_then(|number| number.checked_mul(unit))
        .filter(|bytes| *bytes > 0)
        .ok_or_else(|| "write a whole number from 1 on, and perhaps a unit: 8MiB".to_owned())
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn a_number_of_bytes_may_have_a_unit() {
        for (text, expected) in
            [("1000", 1000), ("64k", 65_536), ("512KiB", 524_288), ("8MB", 8_000_000), ("1 b", 1)]
        {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for wrong in ["", "0", "-1", "1.5MB", "MiB", "1x", "99999999999999999999", "99999999999g"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }
}
