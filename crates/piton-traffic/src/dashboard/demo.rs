//! A made-up history, for looking at the dashboard without a repository.

use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde_json::{Map, Value, json};

/// A state as the collector writes it, and the rows that its archives hold.
#[derive(Clone, Debug)]
pub struct DemoHistory {
    pub state: Value,
    pub archived: Vec<Value>,
}

/// Makes up `days` days of traffic that end today. The same day gives the
/// same numbers.
pub fn demo_history(now: Timestamp, days: u32) -> DemoHistory {
    let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let mut totals = Totals::default();
    let rows: Vec<Value> = (0..days)
        .map(|age| {
            row(
                today.saturating_sub(Span::new().days(days - 1 - age)),
                age,
                now,
                &mut totals,
            )
        })
        .collect();
    let split = rows.len().saturating_sub(31);
    let mut state = totals.state();
    state.insert("dailyHistory".into(), rows[split..].to_vec().into());
    state.insert("ciCheckouts".into(), ci(&rows[split..]));
    state.insert("workflowVersion".into(), env!("CARGO_PKG_VERSION").into());
    state.insert(
        "referrers".into(),
        json!([
            { "source": "Google", "count": 412, "uniques": 230 },
            { "source": "github.com", "count": 188, "uniques": 97 },
            { "source": "com.reddit.frontpage", "count": 61, "uniques": 48 },
            { "source": "t.co", "count": 22, "uniques": 19 },
        ]),
    );
    state.insert("popularPaths".into(), json!([
        { "path": "/acme/widget", "title": "acme/widget: small parts for large machines", "count": 901, "uniques": 402 },
        { "path": "/acme/widget/releases", "title": "Releases · acme/widget", "count": 204, "uniques": 131 },
        { "path": "/acme/widget/blob/main/docs/guide.md", "title": "widget/docs/guide.md", "count": 93, "uniques": 60 },
    ]));
    DemoHistory {
        state: Value::Object(state),
        archived: rows[..split].to_vec(),
    }
}

#[derive(Debug, Default)]
struct Totals {
    clones: u64,
    unique: u64,
    organic: u64,
    organic_unique: u64,
    ci: u64,
    downloads: u64,
    views: u64,
    unique_views: u64,
    stars: u64,
    forks: u64,
    issues: u64,
}

impl Totals {
    fn state(&self) -> Map<String, Value> {
        let state = json!({
            "schemaVersion": 3,
            "totalClones": self.clones,
            "totalUniqueClones": self.unique,
            "totalOrganicClones": self.organic,
            "totalOrganicUniqueClones": self.organic_unique,
            "totalCiCheckouts": self.ci,
            "totalDownloads": self.downloads,
            "totalViews": self.views,
            "totalUniqueViews": self.unique_views,
            "stars": self.stars,
            "forks": self.forks,
            "openIssues": self.issues,
        });
        match state {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

fn row(date: Date, age: u32, now: Timestamp, totals: &mut Totals) -> Value {
    // A year's wave, quiet weekends, and a launch now and then.
    let weekday = i64::from(date.weekday().to_monday_zero_offset());
    let base = 12 + u64::from(age.min(1500) / 30) + u64::from(jitter(age, 1) % 9);
    let launch = if jitter(age, 2).is_multiple_of(97) {
        6
    } else {
        1
    };
    let open = if weekday < 5 {
        base * launch
    } else {
        base * launch / 2
    };
    let ci = if weekday < 5 {
        u64::from(jitter(age, 3) % 3) * 6
    } else {
        0
    };
    let organic = open / 3 + u64::from(jitter(age, 4) % 4);
    let clones = organic + ci;
    let unique = organic * 2 / 3 + ci / 6;
    let organic_unique = unique - ci / 6;
    let downloads = u64::from(jitter(age, 5) % 7) * launch;
    totals.clones += clones;
    totals.unique += unique;
    totals.organic += organic;
    totals.organic_unique += organic_unique;
    totals.ci += ci;
    totals.downloads += downloads;
    totals.views += open * 4;
    totals.unique_views += open;
    totals.stars += u64::from(jitter(age, 6).is_multiple_of(5)) * launch;
    totals.forks += u64::from(jitter(age, 7).is_multiple_of(41));
    totals.issues = 3 + u64::from(jitter(age / 9, 8) % 6);
    json!({
        "date": format!("{date}T00:00:00Z"),
        "capturedAt": now.to_string(),
        "clones": clones,
        "views": open * 4,
        "uniqueClones": unique,
        "uniqueViews": open,
        "downloads": downloads,
        "total": clones + downloads,
        "ciCheckouts": ci,
        "ciRuns": ci / 6,
        "organicClones": organic,
        "organicUniqueClones": organic_unique,
        "stars": totals.stars,
        "forks": totals.forks,
        "openIssues": totals.issues,
    })
}

fn ci(rows: &[Value]) -> Value {
    rows.iter()
        .filter_map(|row| {
            let total = row["ciCheckouts"].as_u64()?;
            let date = row["date"].as_str()?.get(..10)?.to_owned();
            let parts = vec![3; usize::try_from(total / 3).ok()?];
            let entry = json!({ "total": total, "runs": total / 6, "byWorkflow": { "CI": { "runs": parts.len(), "checkoutsPerRun": parts } } });
            Some((date, entry))
        })
        .collect::<Map<String, Value>>()
        .into()
}

/// A small number that looks random and is the same every time.
fn jitter(age: u32, salt: u32) -> u32 {
    let mut x = age.wrapping_mul(0x9E37_79B1) ^ salt.wrapping_mul(0x85EB_CA77);
    x ^= x >> 15;
    x = x.wrapping_mul(0x2C1B_3C6D);
    x ^ (x >> 13)
}
