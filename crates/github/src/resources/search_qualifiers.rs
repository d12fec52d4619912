//! `github://reference/search-qualifiers`: what the query of a search may hold.

use super::Entry;

pub(super) const RESOURCE: Entry = Entry {
    uri: "github://reference/search-qualifiers",
    name: "search-qualifiers",
    description: "The qualifiers that find_items and search_code understand in their query, with the limits of search.",
    read: |_, _| Box::pin(async { Ok(TEXT.to_owned()) }),
};

/// From GitHub's documentation of search syntax, November 2026.
const TEXT: &str = "\
Search qualifiers of GitHub (a query has at most 256 characters and five AND, OR, NOT)

Issues and pull requests (find_items):
  repo:owner/name  org:name  user:login          where
  is:issue is:pr is:open is:closed is:merged is:draft is:locked
  state:open|closed   reason:completed|\"not planned\"
  in:title in:body in:comments                   where the words stand
  author:login assignee:login mentions:login commenter:login involves:login
  label:bug label:\"good first issue\" no:label   several labels: all of them; label:a,b: one of them
  milestone:\"v1\" no:milestone no:assignee
  created:>=2026-01-01 updated:<2026-06-01 closed:2026-01-01..2026-02-01 merged:>2026-01-01
  comments:>10 comments:0 reactions:>5
  review:none|required|approved|changes_requested  review-requested:login  status:pending|success|failure
  head:branch base:branch sha:1a2b3c4 linked:pr linked:issue
  -qualifier:value                               not

Code (search_code kind=code; the default branch, files under 384 KB; needs a token):
  repo:owner/name org:name path:src/ language:rust filename:Cargo.toml extension:rs \"exact words\"

Repositories (search_code kind=repositories):
  in:name,description,readme stars:>100 forks:>10 language:go topic:mcp license:mit pushed:>2026-01-01 archived:false

Commits (search_code kind=commits):
  author:login committer:login author-date:>2026-01-01 merge:false hash:1a2b3c4 repo:owner/name

Limits: 1,000 results a query; 30 searches a minute (10 without a token), code search 9 a minute.";
