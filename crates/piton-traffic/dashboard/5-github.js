// What is asked of GitHub while somebody looks: the archives, and the statistics of the Dev tab.
async function getJson(address, options) {
  const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer", ...options });
  if (answer.status === 202) return undefined;
  if (!answer.ok) { const failure = new Error(`HTTP ${answer.status}`); failure.status = answer.status; failure.reset = Number(answer.headers.get("x-ratelimit-reset")); throw failure; }
  return answer.json();
}

const api = (source, path) => `https://api.github.com/repos/${encodeURIComponent(source.REPO_OWNER)}/${encodeURIComponent(source.REPO_NAME)}/${path}`;
const archives = new Map();

// All months of the archive gist. A month that cannot be read is named, and the others are shown.
function archiveOf(source) {
  const id = text(source.ARCHIVE_GIST_ID);
  if (!GIST_ID.test(id)) return Promise.resolve({ rows: [], note: "No archive is configured, so the history is what the state holds." });
  if (!archives.has(id)) archives.set(id, readArchive(id).catch((failure) => { archives.delete(id); return { rows: [], note: archiveNote(failure) }; }));
  return archives.get(id);
}

function archiveNote(failure) {
  if (failure.status === 403 || failure.status === 429) {
    const until = failure.reset ? ` after ${new Date(failure.reset * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}` : " in an hour";
    return `GitHub answers 60 anonymous questions an hour from one address, and they are used up. Try again${until}; meanwhile this is the history that the state holds.`;
  }
  if (failure.status === 404) return "The archive gist was not found: it was deleted, or ARCHIVE_GIST_ID names another one. This is the history that the state holds.";
  return `The archive could not be read (${failure.message}). This is the history that the state holds.`;
}

async function readArchive(id) {
  const gist = await getJson(`https://api.github.com/gists/${id}`);
  const files = Object.entries(isObject(gist?.files) ? gist.files : {}).filter(([name, file]) => /^archive-\d{4}-\d\d\.json$/.test(name) && isObject(file));
  const unread = [];
  const months = await Promise.all(files.map(async ([name, file]) => {
    try {
      if (typeof file.content === "string" && file.truncated !== true) return list(JSON.parse(file.content).dailyHistory);
      const raw = new URL(text(file.raw_url));
      if (raw.origin !== "https://gist.githubusercontent.com") throw new Error("an address elsewhere");
      return list((await getJson(raw.href)).dailyHistory);
    } catch { unread.push(name); return []; }
  }));
  const note = !files.length ? "There are no archives yet: the first one is written when a month has ended." : unread.length ? `Could not be read: ${unread.join(", ")}.` : "";
  return { rows: months.flat(), note };
}

// GitHub computes statistics on demand and answers 202 meanwhile. The answers are kept for the session, by repository.
async function statistic(source, name) {
  const key = `piton:${source.REPO_OWNER}/${source.REPO_NAME}:${name}`;
  const kept = remembered.get("sessionStorage", key);
  if (kept) { try { return JSON.parse(kept); } catch { /* asked anew below */ } }
  for (const wait of [0, 2, 4, 6, 8, 10]) {
    if (wait) await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    const answer = await getJson(api(source, `stats/${name}`));
    if (answer !== undefined && !(isObject(answer) && !Object.keys(answer).length)) { remembered.set("sessionStorage", key, JSON.stringify(answer)); return answer; }
  }
  throw new Error("GitHub is still computing it; open this tab again in a minute");
}

const SOURCE_NOTES = {
  "Reddit": "posts and comments", "Google": "search", "Twitter": "posts, now X", "Telegram": "chats", "Slack": "link previews and chats", "Discord": "chats", "LinkedIn": "posts",
  "facebook.com": "posts", "m.facebook.com": "posts, on the phone", "l.facebook.com": "Facebook's link shim", "t.co": "the link shortener of X", "out.reddit.com": "Reddit's link shim",
};
const sourceNote = (name) => SOURCE_NOTES[name] ?? (/^(com|org|net)(\.[^.]+){2,}$/.test(name) ? "mobile app" : "");

// A path of the repository as a link; anything that would lead elsewhere stays text.
function pathLink(path, label) {
  if (!/^\/(?!\/)/.test(path)) return label;
  try { const to = new URL(path, "https://github.com"); if (to.origin === "https://github.com") return h("a", { href: to.href, rel: "noopener" }, label); } catch { /* text below */ }
  return label;
}
