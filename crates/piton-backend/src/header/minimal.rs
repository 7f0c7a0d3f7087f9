//! The header of a new plan.

use jiff::Timestamp;

use super::field::KEY;
use super::patch::Patch;
use super::stamp::Stamp;
use crate::block::render_block;
use crate::yaml::Value;

#[derive(Clone, Debug)]
pub struct NewHeader<'a> {
    pub created_at: Timestamp,
    pub created_by: &'a str,
    /// Further fields, in their order.
    pub fields: &'a Patch,
}

/// Writes the block of a new header.
pub fn new_header(header: &NewHeader<'_>) -> String {
    let mut entries = vec![
        (Value::text("schema_version"), Value::text("2")),
        (
            Value::text("created_at"),
            Value::text(Stamp::write(header.created_at)),
        ),
        (Value::text("created_by"), Value::text(header.created_by)),
    ];
    entries.extend(
        header
            .fields
            .sets()
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(field, value)| (Value::text(field.name()), value.clone())),
    );
    render_block(KEY, &entries)
}
