//! Whether a state may be gone on from: what is there and no number must not
//! be taken for 0, for the totals would begin again.

use crate::ordered::{Json, Object};

const TOTALS: [&str; 10] = [
    "totalClones",
    "totalUniqueClones",
    "totalOrganicClones",
    "totalOrganicUniqueClones",
    "totalCiCheckouts",
    "totalCiUniqueClones",
    "totalDownloads",
    "previousTotalDownloads",
    "totalViews",
    "totalUniqueViews",
];

/// Tells what makes a state unusable.
pub fn fault(state: &Object) -> Option<String> {
    let total = TOTALS.into_iter().find(|name| {
        let value = state.get(name).unwrap_or(&Json::Null);
        !matches!(value, Json::Null) && value.int().is_none()
    });
    if let Some(name) = total {
        return Some(format!("`{name}` is not a count"));
    }
    match state.get("dailyHistory") {
        None | Some(Json::Null | Json::List(_)) => None,
        Some(_) => Some("`dailyHistory` is not a list".to_owned()),
    }
}
