//! People: who is signed in.

use serde::Deserialize;

use crate::error::Result;
use crate::forge::{Answer, ForgeRead};
use crate::request::Get;

/// A person, or a bot.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Person {
    pub login: String,
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

impl Person {
    pub fn is_bot(&self) -> bool {
        self.kind.as_deref() == Some("Bot")
    }
}

/// Returns who the token belongs to.
pub fn me(forge: &dyn ForgeRead) -> Result<Person> {
    me_with_answer(forge).map(|(me, _)| me)
}

/// Returns who the token belongs to, with the answer, which tells of the
/// token's end and of its scopes.
pub fn me_with_answer(forge: &dyn ForgeRead) -> Result<(Person, Answer)> {
    let answer = forge.get(&Get::new(&["user"]))?;
    Ok((answer.json()?, answer))
}
