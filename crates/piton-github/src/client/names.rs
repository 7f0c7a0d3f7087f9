//! Finding where a host is: once a minute, and without a thread where the
//! address says it itself.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// How long what was found is taken for true.
const FRESH: Duration = Duration::from_secs(60);

/// What was found last. A client talks to one host, now and then to a second.
#[derive(Debug, Default)]
pub(super) struct Names {
    system: DefaultResolver,
    last: Mutex<Option<Found>>,
}

#[derive(Debug)]
struct Found {
    authority: String,
    addresses: Vec<SocketAddr>,
    at: Instant,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        if let Some(address) = literal(uri) {
            return Ok(self.told(&[address]));
        }
        let authority = format!("{:?} {:?}", uri.scheme_str(), uri.authority());
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = &*last
            && found.authority == authority
            && found.at.elapsed() < FRESH
        {
            return Ok(self.told(&found.addresses));
        }
        let found = self.system.resolve(uri, config, timeout)?;
        *last = Some(Found {
            authority,
            addresses: found.to_vec(),
            at: Instant::now(),
        });
        Ok(found)
    }
}

impl Names {
    fn told(&self, addresses: &[SocketAddr]) -> ResolvedSocketAddrs {
        let mut told = self.empty();
        for address in addresses {
            told.push(*address);
        }
        told
    }
}

/// Returns the address that a URI names itself.
fn literal(uri: &Uri) -> Option<SocketAddr> {
    let authority = uri.authority()?;
    let host = authority.host().trim_matches(['[', ']']);
    let host: IpAddr = host.parse().ok()?;
    let port = match (authority.port_u16(), uri.scheme_str()) {
        (Some(port), _) => port,
        (None, Some("https")) => 443,
        (None, _) => 80,
    };
    Some(SocketAddr::new(host, port))
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn an_address_is_told_from_a_name() {
        let found = |uri: &str| literal(&uri.parse().unwrap()).map(|found| found.to_string());
        assert_eq!(
            found("http://127.0.0.1:80/x").as_deref(),
            Some("127.0.0.1:80")
        );
        assert_eq!(found("https://[::1]/x").as_deref(), Some("[::1]:443"));
        assert_eq!(found("https://api.github.com/x"), None);
        assert_eq!(found("http://localhost:1"), None);
    }
}
