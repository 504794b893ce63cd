//! Settings of the servers.

use std::time::Duration;

use crate::secret::Secret;

/// Settings of the servers. The default is for the demo.
#[derive(Clone, Debug)]
pub struct Options {
    /// Lifetime of access tokens.
    pub access_lifetime: Duration,
    /// Lifetime of refresh tokens.
    pub refresh_lifetime: Duration,
    /// Lifetime of authorization codes.
    pub code_lifetime: Duration,
    /// Lifetime of device codes.
    pub device_lifetime: Duration,
    /// Interval between two polls of a device (RFC 8628 section 3.2).
    pub device_interval: Duration,
    /// Offset of the servers' clock from the system clock, in seconds.
    pub clock_offset: i64,
    /// Secret of the client `ci`; random if `None`.
    pub service_secret: Option<Secret>,
    /// File in the manifest's directory from which the manifest reads that secret, instead of the environment.
    pub secret_file: Option<String>,
    /// Ports of the authorization server and of the API; 0 means any free port, and `None` two of them.
    pub ports: Option<(u16, u16)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            access_lifetime: Duration::from_hours(1),
            refresh_lifetime: Duration::from_hours(8),
            code_lifetime: Duration::from_mins(1),
            device_lifetime: Duration::from_mins(10),
            device_interval: Duration::from_secs(5),
            clock_offset: 0,
            service_secret: None,
            secret_file: None,
            ports: None,
        }
    }
}

impl Options {
    pub(super) fn access_lifetime_seconds(&self) -> i64 {
        seconds(self.access_lifetime)
    }

    pub(super) fn refresh_lifetime_seconds(&self) -> i64 {
        seconds(self.refresh_lifetime)
    }

    pub(super) fn code_lifetime_seconds(&self) -> i64 {
        seconds(self.code_lifetime)
    }

    pub(super) fn device_lifetime_seconds(&self) -> i64 {
        seconds(self.device_lifetime)
    }

    pub(super) fn device_interval_seconds(&self) -> i64 {
        seconds(self.device_interval)
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
