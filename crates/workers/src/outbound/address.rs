//! What kind of address an address is.
//!
//! Everything that the registries of special addresses list as not globally reachable is refused. An
//! IPv6 address that carries an IPv4 address is judged by that one, because that is where it leads.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Allowed;

/// The kind of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Reachable from everywhere.
    Public,
    /// This machine.
    Loopback,
    /// A private network, or the provider's (carrier-grade translation, unique-local).
    Private,
    /// This link only; clouds answer here with secrets.
    LinkLocal,
    /// No address at all.
    Unspecified,
    /// Many machines at once.
    Multicast,
    /// Set aside: documentation, tests, translation, the future.
    Reserved,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Class::Public => "public",
            Class::Loopback => "loopback",
            Class::Private => "private",
            Class::LinkLocal => "link-local",
            Class::Unspecified => "unspecified",
            Class::Multicast => "multicast",
            Class::Reserved => "reserved",
        })
    }
}

impl Allowed {
    /// Whether an address may be dialled; if not, because of what it is.
    pub(super) fn judge(&self, address: IpAddr) -> Result<(), Class> {
        let address = plain(address);
        let class = class_of(address);
        let by_class = match class {
            Class::Public => true,
            Class::Loopback => self.loopback,
            Class::Private
            | Class::LinkLocal
            | Class::Unspecified
            | Class::Multicast
            | Class::Reserved => false,
        };
        let listed = self
            .networks
            .iter()
            .any(|network| network.contains(address));
        if by_class || listed {
            Ok(())
        } else {
            Err(class)
        }
    }
}

/// The kind of an address.
pub fn class_of(address: IpAddr) -> Class {
    match plain(address) {
        IpAddr::V4(address) => class_of_v4(address),
        IpAddr::V6(address) => class_of_v6(address),
    }
}

/// An IPv4 address in IPv6 clothes, without them.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
    }
}

fn class_of_v4(address: Ipv4Addr) -> Class {
    match address.octets() {
        [0, 0, 0, 0] => Class::Unspecified,
        [127, ..] => Class::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Class::Private,
        [169, 254, ..] => Class::LinkLocal,
        [224..=239, ..] => Class::Multicast,
        [0 | 240..=255, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Class::Reserved,
        _ => Class::Public,
    }
}

fn class_of_v6(address: Ipv6Addr) -> Class {
    let embedded = |high: u16, low: u16| {
        let [one, two] = high.to_be_bytes();
        let [three, four] = low.to_be_bytes();
        class_of_v4(Ipv4Addr::new(one, two, three, four))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Class::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Class::Loopback,
        // Translated and tunnelled: it leads to the IPv4 address inside.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => Class::Private,
        [0xfe80..=0xfebf, ..] => Class::LinkLocal,
        [0xff00..=0xffff, ..] => Class::Multicast,
        // Assigned to protocols, benchmarks and documentation.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x3fff, 0..=0x0fff, ..] => Class::Reserved,
        [0x2000..=0x3fff, ..] => Class::Public,
        _ => Class::Reserved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_range_is_known_at_its_edges() {
        use Class::{LinkLocal, Loopback, Multicast, Private, Public, Reserved, Unspecified};
        for (text, class) in [
            ("0.0.0.0", Unspecified),
            ("0.0.0.1", Reserved),
            ("1.1.1.1", Public),
            ("9.255.255.255", Public),
            ("10.0.0.0", Private),
            ("10.255.255.255", Private),
            ("11.0.0.0", Public),
            ("100.63.255.255", Public),
            ("100.64.0.0", Private),
            ("100.127.255.255", Private),
            ("100.128.0.0", Public),
            ("127.0.0.1", Loopback),
            ("127.255.255.254", Loopback),
            ("169.254.169.254", LinkLocal),
            ("172.15.255.255", Public),
            ("172.16.0.1", Private),
            ("172.31.255.255", Private),
            ("172.32.0.0", Public),
            ("192.0.0.8", Reserved),
            ("192.0.2.1", Reserved),
            ("192.88.99.1", Reserved),
            ("192.168.255.255", Private),
            ("192.169.0.0", Public),
            ("198.17.255.255", Public),
            ("198.18.0.0", Reserved),
            ("198.19.255.255", Reserved),
            ("198.51.100.1", Reserved),
            ("203.0.113.1", Reserved),
            ("223.255.255.255", Public),
            ("224.0.0.1", Multicast),
            ("240.0.0.1", Reserved),
            ("255.255.255.255", Reserved),
            ("::", Unspecified),
            ("::1", Loopback),
            ("::2", Reserved),
            ("::7f00:1", Reserved),
            ("::ffff:127.0.0.1", Loopback),
            ("::ffff:10.1.2.3", Private),
            ("::ffff:169.254.169.254", LinkLocal),
            ("::ffff:8.8.8.8", Public),
            ("64:ff9b::7f00:1", Loopback),
            ("64:ff9b::808:808", Public),
            ("64:ff9b:1::1", Reserved),
            ("100::1", Reserved),
            ("2001::1", Reserved),
            ("2001:db8::1", Reserved),
            ("2001:4860:4860::8888", Public),
            ("2002:7f00:1::", Loopback),
            ("2002:a00:1::1", Private),
            ("2002:808:808::1", Public),
            ("3fff::1", Reserved),
            ("fc00::1", Private),
            ("fdff::1", Private),
            ("fe80::1", LinkLocal),
            ("febf::1", LinkLocal),
            ("fec0::1", Private),
            ("ff02::1", Multicast),
            ("4000::1", Reserved),
        ] {
            assert_eq!(class_of(text.parse().unwrap()), class, "{text}");
        }
    }

    #[test]
    fn only_what_is_allowed_passes() {
        let judge = |allowed: &Allowed, text: &str| allowed.judge(text.parse().unwrap());
        let nothing = Allowed::default();
        assert_eq!(judge(&nothing, "8.8.8.8"), Ok(()));
        assert_eq!(judge(&nothing, "127.0.0.1"), Err(Class::Loopback));
        assert_eq!(judge(&nothing, "::ffff:127.0.0.1"), Err(Class::Loopback));
        let sandbox = Allowed {
            loopback: true,
            networks: Vec::new(),
        };
        assert_eq!(judge(&sandbox, "::1"), Ok(()));
        assert_eq!(judge(&sandbox, "10.0.0.1"), Err(Class::Private));
        let networks = vec!["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()];
        let office = Allowed {
            loopback: false,
            networks,
        };
        assert_eq!(judge(&office, "10.1.255.1"), Ok(()));
        assert_eq!(judge(&office, "::ffff:10.1.0.1"), Ok(()));
        assert_eq!(judge(&office, "10.2.0.1"), Err(Class::Private));
        assert_eq!(judge(&office, "fd12::1"), Ok(()));
        assert_eq!(judge(&office, "::1"), Err(Class::Loopback));
    }
}
