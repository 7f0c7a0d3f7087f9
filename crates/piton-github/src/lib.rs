//! The HTTP interface of GitHub: authentication, pages, retries, limits.
