//! Classification of addresses by their distance, and the rule for which ones a server is allowed to refer to.
//!
//! A public server that refers to a local or private address makes the client send a request to a service that the
//! server can't reach itself (server-side request forgery). Names are checked by the addresses that are connected to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thiserror::Error;
use url::{Host, Url};

/// Distance of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// This machine.
    Loopback,
    /// Not routed on the internet: private, shared, link-local, unique local, unspecified, reserved.
    Private,
    /// All other addresses.
    Public,
}

impl fmt::Display for Nearness {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::Public => "public",
        })
    }
}

impl Nearness {
    /// Classifies an address (RFC 6890 and its registries).
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let [first, second, third, _] = address.octets();
        match (first, second, third) {
            (127, ..) => Self::Loopback,
            // on Linux 0.0.0.0 connects to this machine
            (0, ..) if address.is_unspecified() => Self::Loopback,
            (0 | 10 | 224..=255, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0)
            | (192, 168, _)
            | (198, 18..=19, _) => Self::Private,
            _ => Self::Public,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if address.is_loopback() || address.is_unspecified() {
            return Self::Loopback;
        }
        let [first, second, third, fourth, fifth, sixth, high, low] = address.segments();
        let v4 = |high: u16, low: u16| Self::of_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
        let private = first & 0xfe00 == 0xfc00 // unique local
            || first & 0xff80 == 0xfe80 // link-local, and the former site-local
            || first & 0xff00 == 0xff00 // multicast
            // Teredo encodes an address (RFC 4380); no metadata is served there
            || (first, second) == (0x2001, 0)
            // local-use NAT64 (RFC 8215)
            || (first, second, third) == (0x64, 0xff9b, 1);
        match (first, second, third, fourth, fifth, sixth) {
            _ if private => Self::Private,
            // IPv4-mapped, IPv4-compatible, IPv4-translated (RFC 4291 §2.5.5, RFC 2765 §2.1), NAT64 (RFC 6052)
            (0, 0, 0, 0, 0, 0 | 0xffff) | (0, 0, 0, 0, 0xffff, 0) | (0x64, 0xff9b, ..) => v4(high, low),
            // 6to4 (RFC 3056)
            (0x2002, high, low, ..) => v4(high, low),
            _ => Self::Public,
        }
    }

    /// Classifies a host without resolving it: a literal address or a `localhost` name (RFC 6761 §6.3).
    pub(super) fn of_host(url: &Url) -> Option<Self> {
        match url.host()? {
            Host::Ipv4(address) => Some(Self::of_v4(address)),
            Host::Ipv6(address) => Some(Self::of_v6(address)),
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                let local = name.rsplit('.').next().is_some_and(|last| last.eq_ignore_ascii_case("localhost"));
                local.then_some(Self::Loopback)
            }
        }
    }
}

/// Rule for the addresses that a server is allowed to refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follow {
    /// Public addresses; from `http` on a loopback address also loopback addresses. Anything else needs the user's
    /// permission: see [`super::Client::permitting`].
    Public,
    /// Addresses that are not nearer than the server's own.
    NotNearer,
}

/// A server refers to an address that it is not allowed to refer to.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{from}` is not allowed to refer to the {nearness} address of `{host}`")]
pub struct TooNear {
    /// Origin of the server.
    pub from: String,
    /// Host, followed by its address if that differs.
    pub host: String,
    /// Distance of the host.
    pub nearness: Nearness,
}

/// A server whose references are followed, and the rule for them.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) from: Url,
    pub(super) follow: Follow,
}

impl Sender {
    /// Whether the rule allows this distance. `own`: distance of the server itself.
    fn permits(&self, nearness: Nearness, own: Nearness) -> bool {
        match self.follow {
            _ if nearness == Nearness::Public => true,
            Follow::Public => {
                self.from.scheme() == "http" && own == Nearness::Loopback && nearness == Nearness::Loopback
            }
            Follow::NotNearer => nearness >= own,
        }
    }

    fn refusal(&self, host: String, nearness: Nearness) -> TooNear {
        TooNear { from: self.from.origin().ascii_serialization(), host, nearness }
    }

    /// Checks a URL without resolving its host.
    pub(super) async fn check_url(&self, to: &Url) -> Result<(), TooNear> {
        match Nearness::of_host(to) {
            Some(nearness) if !self.permits(nearness, self.own().await) => {
                Err(self.refusal(to.host_str().unwrap_or_default().to_owned(), nearness))
            }
            _ => Ok(()),
        }
    }

    /// Checks the addresses of a name: each has to be allowed.
    pub(super) async fn check_addresses(
        &self,
        name: &str,
        addresses: impl IntoIterator<Item = IpAddr>,
    ) -> Result<(), TooNear> {
        let nearest = addresses.into_iter().map(|address| (Nearness::of(address), address)).min();
        match nearest {
            Some((nearness, address)) if !self.permits(nearness, self.own().await) => {
                Err(self.refusal(format!("{name} ({address})"), nearness))
            }
            _ => Ok(()),
        }
    }

    /// Distance of the server itself: that of its farthest address, so that an added near address has no effect.
    async fn own(&self) -> Nearness {
        if let Some(nearness) = Nearness::of_host(&self.from) {
            return nearness;
        }
        if self.follow == Follow::Public {
            return Nearness::Public;
        }
        let host = (self.from.host_str().unwrap_or_default(), 0);
        let found = tokio::net::lookup_host(host).await.ok();
        found.and_then(|found| found.map(|address| Nearness::of(address.ip())).max()).unwrap_or(Nearness::Public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_classified_by_the_iana_registries() {
        use Nearness::{Loopback, Private, Public};
        for (address, nearness) in [
            ("127.0.0.1", Loopback),
            ("127.255.0.9", Loopback),
            ("0.0.0.0", Loopback),
            ("0.1.2.3", Private),
            ("10.0.0.1", Private),
            ("100.64.0.1", Private),
            ("100.128.0.1", Public),
            ("169.254.169.254", Private),
            ("172.15.0.1", Public),
            ("172.16.0.1", Private),
            ("172.31.255.255", Private),
            ("172.32.0.1", Public),
            ("192.0.0.8", Private),
            ("192.168.1.1", Private),
            ("198.18.0.1", Private),
            ("224.0.0.1", Private),
            ("255.255.255.255", Private),
            ("93.184.216.34", Public),
            ("::1", Loopback),
            ("::", Loopback),
            ("::ffff:127.0.0.1", Loopback),
            ("::ffff:10.0.0.1", Private),
            ("::ffff:93.184.216.34", Public),
            ("::127.0.0.1", Loopback),
            ("::ffff:0:169.254.169.254", Private),
            ("64:ff9b::127.0.0.1", Loopback),
            ("64:ff9b::5db8:d822", Public),
            ("64:ff9b:1::5db8:d822", Private),
            ("2002:7f00:1::", Loopback),
            ("2002:a9fe:a9fe::1", Private),
            ("2001:0:1:2::3", Private),
            ("fe80::1", Private),
            ("fec0::1", Private),
            ("fd00:ec2::254", Private),
            ("fc00::1", Private),
            ("ff02::1", Private),
            ("2606:2800:220:1::1", Public),
        ] {
            assert_eq!(Nearness::of(address.parse().unwrap()), nearness, "{address}");
        }
        for (url, nearness) in [
            ("https://localhost/", Some(Loopback)),
            ("https://LOCALHOST./", Some(Loopback)),
            ("https://a.b.localhost:8443/", Some(Loopback)),
            ("https://0x7f.1/", Some(Loopback)),
            ("https://[::ffff:a9fe:a9fe]/", Some(Private)),
            ("https://2852039166/", Some(Private)),
            ("https://localhost.example.com/", None),
            ("https://notlocalhost/", None),
        ] {
            assert_eq!(Nearness::of_host(&Url::parse(url).unwrap()), nearness, "{url}");
        }
    }

    #[tokio::test]
    async fn servers_may_refer_only_to_addresses_allowed_by_the_rule() {
        for (from, follow, to, fine) in [
            ("https://93.184.216.34", Follow::Public, "https://93.184.216.35", true),
            ("https://93.184.216.34", Follow::Public, "https://169.254.169.254", false),
            ("https://93.184.216.34", Follow::Public, "https://x.localhost", false),
            ("https://10.0.0.1", Follow::Public, "https://10.0.0.2", false),
            ("https://127.0.0.1:1", Follow::Public, "https://127.0.0.1:2", false),
            ("http://127.0.0.1:1", Follow::Public, "http://127.0.0.1:2", true),
            ("http://127.0.0.1:1", Follow::Public, "https://10.0.0.2", false),
            ("https://10.0.0.1", Follow::NotNearer, "https://10.0.0.2", true),
            ("https://10.0.0.1", Follow::NotNearer, "https://127.0.0.1", false),
            ("https://93.184.216.34", Follow::NotNearer, "https://10.0.0.2", false),
            ("https://127.0.0.1:1", Follow::NotNearer, "https://127.0.0.1:2", true),
        ] {
            let sender = Sender { from: Url::parse(from).unwrap(), follow };
            assert_eq!(sender.check_url(&Url::parse(to).unwrap()).await.is_ok(), fine, "{from} {follow:?} {to}");
        }
        // a single near address is enough to refuse the name
        let sender = Sender { from: Url::parse("https://93.184.216.34").unwrap(), follow: Follow::Public };
        let addresses = |list: &[&str]| list.iter().map(|one| one.parse().unwrap()).collect::<Vec<IpAddr>>();
        let public = addresses(&["93.184.216.35", "2606:2800:220:1::1"]);
        assert_eq!(sender.check_addresses("a.test", public).await, Ok(()));
        let mixed = addresses(&["93.184.216.35", "::ffff:127.0.0.1"]);
        let refusal = sender.check_addresses("a.test", mixed).await.unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "`https://93.184.216.34` is not allowed to refer to the loopback address of `a.test (::ffff:127.0.0.1)`"
        );
    }
}
