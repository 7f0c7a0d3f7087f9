//! Secrets of a repository's Actions, sealed with its key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_box::PublicKey;
use crypto_box::aead::OsRng;
use jiff::Timestamp;
use piton_plan::{
    Answer, Description, Done, Failure, FailureKind, Given, Key, Looked, Moment, Observation,
    Observe, Operation, Perform, SecretRef, Verb,
};
use serde::{Deserialize, Serialize};

use super::{ForgePerformer, ForgeWorld};
use crate::endpoints::secrets;
use crate::error::found;
use crate::repo::RepoName;

/// The flag that gives a secret without asking.
pub const SECRET_FLAG: &str = "--token-env";

/// Sets a secret. The plan names where it is read, or that it is asked for; it
/// never holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetSecret {
    pub repository: RepoName,
    pub name: String,
    /// Asked for where nothing is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<SecretRef>,
    /// When the one that is replaced was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Timestamp>,
}

impl Operation for SetSecret {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        let verb = if self.was.is_some() {
            Verb::Overwrite
        } else {
            Verb::Set
        };
        Key::new("secret", verb, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        let line = match &self.from {
            Some(from) => format!("read from {from}, sealed with the repository's key"),
            None => "asked for, sealed with the repository's key".to_owned(),
        };
        Description::new(line)
            .premise(match self.was {
                None => "no secret of that name".to_owned(),
                Some(was) => format!("set at {was}"),
            })
            .expects("a secret of that name; nobody can read its value")
            .detail(1, "repository", self.repository.to_string())
    }
}

impl Observe<SetSecret> for ForgeWorld<'_> {
    fn observe(&self, op: &SetSecret, _: &Given<'_>, moment: Moment) -> Looked {
        self.settled(moment, |forge| {
            let now = found(secrets::get(forge, &op.repository, &op.name))?;
            Ok(match (now, op.was) {
                (None, None) => Observation::pending("no secret of that name", ()),
                (None, Some(_)) => Observation::changed("a secret of that name", "none"),
                (Some(_), None) => Observation::already(),
                (Some(now), Some(was)) if now.updated_at.is_some_and(|at| at > was) => {
                    Observation::already()
                }
                // Set within the second in which it was set before, perhaps.
                (Some(_), Some(_)) if moment == Moment::After => Observation::Unknown {
                    why: "nobody can read a secret".to_owned(),
                    seen: (),
                },
                (Some(_), Some(was)) => Observation::pending(format!("set at {was}"), ()),
            })
        })
    }
}

impl Perform<SetSecret> for ForgePerformer<'_> {
    fn perform(&self, op: &SetSecret, given: &Given<'_>, (): ()) -> Result<Done, Failure> {
        let input = |why: &str| Failure::new(FailureKind::Input, why);
        let secret = match (&op.from, given.answer()) {
            (_, Some(Answer::Secret(secret))) => secret.clone(),
            (Some(from), _) => self
                .secrets
                .secret(from)
                .ok_or_else(|| input(&format!("{from} is not set")))?,
            (None, _) => return Err(input("no secret was given")),
        };
        let key = secrets::public_key(self.forge, &op.repository)?;
        let sealed = seal(&key.key, secret.reveal().trim()).ok_or_else(|| {
            Failure::new(FailureKind::Network, "the repository's key is not a key")
        })?;
        secrets::set(self.forge, &op.repository, &op.name, &sealed, &key.key_id)?;
        Ok(Done::default())
    }
}

/// Seals a text so that only the owner of the key can open it.
fn seal(key: &str, text: &str) -> Option<String> {
    let key: [u8; 32] = STANDARD.decode(key).ok()?.try_into().ok()?;
    let sealed = PublicKey::from(key)
        .seal(&mut OsRng, text.as_bytes())
        .ok()?;
    Some(STANDARD.encode(sealed))
}

/// Leaves a secret as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepSecret {
    pub repository: RepoName,
    pub name: String,
    pub why: String,
}

impl Operation for KeepSecret {
    type Seen = ();

    fn key(&self) -> Key<'_> {
        Key::new("secret", Verb::Skip, &self.name)
    }

    fn describe(&self) -> Description<'_> {
        Description::new(&self.why).expects("a secret of that name")
    }
}

impl Observe<KeepSecret> for ForgeWorld<'_> {
    fn observe(&self, op: &KeepSecret, _: &Given<'_>, _: Moment) -> Looked {
        let now = found(secrets::get(self.forge, &op.repository, &op.name))?;
        Ok(match now {
            Some(_) => Observation::already(),
            None => Observation::changed("a secret of that name", "none"),
        })
    }
}

impl Perform<KeepSecret> for ForgePerformer<'_> {
    fn perform(&self, _: &KeepSecret, _: &Given<'_>, (): ()) -> Result<Done, Failure> {
        Ok(Done::default())
    }
}

#[cfg(test)]
mod tests {
    use crypto_box::SecretKey;

    use super::*;

    #[test]
    fn only_the_private_half_opens_what_was_sealed() {
        let private = SecretKey::from([7; 32]);
        let public = STANDARD.encode(private.public_key().as_bytes());
        let sealed = seal(&public, "ghp_token").unwrap();
        let sealed = STANDARD.decode(sealed).unwrap();
        assert_eq!(private.unseal(&sealed).unwrap(), b"ghp_token");
        assert!(SecretKey::from([8; 32]).unseal(&sealed).is_err());
        assert_eq!(seal("no key", "x"), None);
    }
}
