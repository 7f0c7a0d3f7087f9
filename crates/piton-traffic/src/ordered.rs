//! JSON whose objects keep the order of their keys: files that others read and
//! that people look at stay as they were written.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Number;

/// Nothing that is counted here is more; so sums of thousands of counts fit.
pub const MOST: i64 = 1_000_000_000_000_000;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Json>),
    Object(Object),
}

/// An object; keys are unique, and stand in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(Vec<(String, Json)>);

impl Object {
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Json> {
        self.0
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Json> {
        self.0
            .iter_mut()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    }

    /// Sets a value in place, or at the end where there is none.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<Json>) {
        let value = value.into();
        match self.get_mut(key) {
            Some(place) => *place = value,
            None => self.0.push((key.to_owned(), value)),
        }
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Json> {
        let at = self.0.iter().position(|(name, _)| name == key)?;
        Some(self.0.remove(at).1)
    }

    /// Returns a whole number, if one stands there.
    pub fn int(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(Json::int)
    }

    /// Returns a whole number, and 0 where there is none.
    pub fn or_zero(&self, key: &str) -> i64 {
        self.int(key).unwrap_or(0)
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Json::text)
    }

    pub fn list(&self, key: &str) -> &[Json] {
        match self.get(key) {
            Some(Json::List(list)) => list,
            _ => &[],
        }
    }

    pub fn object(&self, key: &str) -> Option<&Object> {
        self.get(key).and_then(Json::object)
    }

    /// Returns the objects in a list, to be changed in place.
    pub(crate) fn objects_mut(
        &mut self,
        key: &str,
    ) -> impl DoubleEndedIterator<Item = &mut Object> {
        let list = match self.get_mut(key) {
            Some(Json::List(list)) => list.as_mut_slice(),
            _ => &mut [],
        };
        list.iter_mut().filter_map(|one| match one {
            Json::Object(object) => Some(object),
            _ => None,
        })
    }

    /// Returns the object that stands there; an empty one is put in the place
    /// of anything else.
    pub(crate) fn object_mut(&mut self, key: &str) -> &mut Object {
        if self.object(key).is_none() {
            self.set(key, Self::new());
        }
        match self.get_mut(key) {
            Some(Json::Object(object)) => object,
            _ => unreachable!("an object was just put there"),
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Json)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|(key, _)| keep(key));
    }

    /// Keeps the entries of the greatest keys, in their order.
    pub(crate) fn keep_newest(&mut self, most: usize) {
        self.0.sort_by(|(one, _), (other, _)| one.cmp(other));
        let surplus = self.0.len().saturating_sub(most);
        self.0.drain(..surplus);
    }
}

impl<K: Into<String>, V: Into<Json>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut object = Self::new();
        for (key, value) in entries {
            object.set(&key.into(), value);
        }
        object
    }
}

impl Json {
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// Returns a whole number that can be one of GitHub's.
    pub fn int(&self) -> Option<i64> {
        let Self::Number(number) = self else {
            return None;
        };
        let whole = number.as_i64().or_else(|| {
            let number = number.as_f64()?;
            // Within 53 bits a float holds a whole number exactly.
            #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
            (number.abs() < 9e15 && number.fract() == 0.0).then_some(number as i64)
        })?;
        (whole.unsigned_abs() <= MOST.unsigned_abs()).then_some(whole)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.object()?.get(key)
    }

    /// Two spaces deep, without a line end after it.
    pub fn pretty(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl From<i32> for Json {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Self>> for Json {
    fn from(list: Vec<Self>) -> Self {
        Self::List(list)
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = access.next_element()? {
            list.push(element);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json, A::Error> {
        let mut entries: Vec<(String, Json)> = Vec::new();
        while let Some((key, value)) = access.next_entry::<String, Json>()? {
            // A key that comes twice means its last value, as everywhere.
            match entries.iter_mut().find(|(name, _)| *name == key) {
                Some((_, place)) => *place = value,
                None => entries.push((key, value)),
            }
        }
        Ok(Json::Object(Object(entries)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_keys_and_what_stands_in_it_are_kept() {
        let text = "{\n  \"b\": 1,\n  \"a\": {\n    \"z\": null,\n    \"y\": [\n      1.5,\n      \"·\",\n      true\n    ]\n  },\n  \"e\": [],\n  \"f\": {}\n}";
        let mut json = Json::parse(text.as_bytes()).unwrap();
        assert_eq!(json.pretty(), text);
        if let Json::Object(object) = &mut json {
            object.set("b", 2);
            object.set("new", "x");
            object.remove("a");
        }
        let keys: Vec<_> = json
            .object()
            .unwrap()
            .iter()
            .map(|(key, _)| key.to_owned())
            .collect();
        assert_eq!(keys, ["b", "e", "f", "new"]);
    }
}
