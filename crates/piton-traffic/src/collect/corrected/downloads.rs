//! Downloads of releases, asset by asset, so that a deleted one keeps counting.

use std::collections::BTreeMap;

use super::book::Book;
use crate::collect::answers::{Answers, AssetSeen, ReleaseSeen};
use crate::ordered::Json;

const BY_ASSET: &str = "downloadsByAsset";
/// Set when the first run of all could not read releases: then the first read
/// that succeeds is the baseline, and what it finds came before.
const PENDING: &str = "downloadsPending";

pub(super) fn update(book: &mut Book, answers: &Answers) {
    let Ok(releases) = &answers.releases else {
        if book.first {
            book.ours.set(PENDING, true);
        }
        return;
    };
    let known = book.ours.object(BY_ASSET).is_some();
    let baseline = !known && (book.first || book.ours.get(PENDING).is_some());
    let published = book
        .state
        .or_zero("totalDownloads")
        .max(book.state.or_zero("previousTotalDownloads"));
    let sum: i64 = releases
        .iter()
        .flat_map(|release| &release.assets)
        .fold(0, |sum: i64, asset| sum.saturating_add(asset.downloads));
    let map = book.ours.object_mut(BY_ASSET);
    let mut more = 0;
    for (key, named, asset) in assets(releases) {
        // One that was known by its name before it had an id is the same one.
        if map.get(&key).is_none()
            && let Some(count) = map.remove(&named).as_ref().and_then(Json::int)
        {
            map.set(&key, count);
        }
        let before = map.or_zero(&key);
        more += (asset.downloads - before).max(0);
        map.set(&key, before.max(asset.downloads));
    }
    book.ours.remove(PENDING);
    let (total, more) = if baseline {
        (published.max(sum), 0)
    } else if known {
        (published + more, more)
    } else {
        // The old state knew only the sum.
        (published.max(sum), (sum - published).max(0))
    };
    book.state.set("totalDownloads", total);
    book.state.set("previousTotalDownloads", total);
    let today = book.today;
    let exists = book.rows.contains_key(&today);
    if more > 0 || exists || answers.clones.is_ok() || answers.views.is_ok() {
        let row = book.row(today);
        row.set("downloads", row.or_zero("downloads") + more);
    }
}

/// Assets with what they are known by, and what they are called. Without an id
/// the name counts, and where several are called so, their order.
fn assets(releases: &[ReleaseSeen]) -> Vec<(String, String, &AssetSeen)> {
    let mut called: BTreeMap<String, usize> = BTreeMap::new();
    let mut all = Vec::new();
    for release in releases {
        for asset in &release.assets {
            let mut name = format!("{}/{}", release.tag, asset.name);
            let times = called.entry(name.clone()).or_default();
            *times += 1;
            if *times > 1 {
                name = format!("{name}#{times}");
            }
            let key = asset.id.map_or_else(|| name.clone(), |id| id.to_string());
            all.push((key, name, asset));
        }
    }
    all
}
