//! What can be set about the servers.

use std::time::Duration;

use crate::secret::Secret;

/// How the servers behave. The default is what the demo shows.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long access tokens live.
    pub access_lifetime: Duration,
    /// How long refresh tokens live.
    pub refresh_lifetime: Duration,
    /// How long authorization codes live.
    pub code_lifetime: Duration,
    /// How long device codes live.
    pub device_lifetime: Duration,
    /// How long a device waits between two polls (RFC 8628 §3.2).
    pub device_interval: Duration,
    /// How far the servers' clock is ahead of this machine's, in seconds; negative: behind.
    pub clock_offset: i64,
    /// The secret of the client `service`; `None`: a random one.
    pub service_secret: Option<Secret>,
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
