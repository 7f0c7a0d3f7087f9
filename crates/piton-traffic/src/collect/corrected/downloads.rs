//! Downloads of releases, asset by asset, so that a deleted one keeps counting.

use super::book::Book;
use crate::collect::answers::{Answers, AssetSeen, ReleaseSeen};

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
    let sum: i64 = assets(releases).map(|(_, asset)| asset.downloads).sum();
    let map = book.ours.object_mut(BY_ASSET);
    let mut more = 0;
    for (key, asset) in assets(releases) {
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
        // Taken over from one that knew only the sum.
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

/// Assets with what they are known by: their id, or tag and name.
fn assets(releases: &[ReleaseSeen]) -> impl Iterator<Item = (String, &AssetSeen)> {
    releases.iter().flat_map(|release| {
        release.assets.iter().map(|asset| {
            let key = match asset.id {
                Some(id) => id.to_string(),
                None => format!("{}/{}", release.tag, asset.name),
            };
            (key, asset)
        })
    })
}
