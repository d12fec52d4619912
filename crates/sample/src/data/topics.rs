//! What issues are about. Words in braces are filled in: `{station}`, `{other}`, `{version}`,
//! `{n}`, `{small}`, `{agency}`, `{month}`, `{system}`.

/// Kind label, area label, title, text.
pub(super) type Topic = (&'static str, &'static str, &'static str, &'static str);

/// Ports that issues name.
#[rustfmt::skip]
pub(super) const STATIONS: [&str; 32] = [
    "Brest", "Saint-Malo", "Southampton", "Avonmouth", "Bergen", "Cuxhaven", "Halifax", "Boston",
    "Hobart", "Incheon", "Le Havre", "Dover", "Liverpool", "Cork", "Lisbon", "Vigo", "Bordeaux",
    "Antwerp", "Esbjerg", "Tromsø", "Reykjavik", "Saint John", "Key West", "Galveston", "San Diego",
    "Juneau", "Honolulu", "Auckland", "Darwin", "Busan", "Kobe", "Tema",
];
/// Releases that issues name.
pub(super) const VERSIONS: [&str; 5] = ["0.6.2", "0.7.0", "0.7.0", "0.8.0", "0.8.1"];
/// Where constants come from.
pub(super) const AGENCIES: [&str; 5] = ["SHOM", "NOAA", "BSH", "UKHO", "Kartverket"];
/// Months.
#[rustfmt::skip]
pub(super) const MONTHS: [&str; 8] =
    ["January", "March", "April", "June", "August", "September", "October", "December"];
/// What people run it on.
#[rustfmt::skip]
pub(super) const SYSTEMS: [&str; 8] = [
    "Debian 13", "Ubuntu 26.04", "Alpine 3.23", "macOS 26", "Windows 11", "a Raspberry Pi 5",
    "Kubernetes 1.34", "FreeBSD 15",
];

/// The topics.
#[rustfmt::skip]
pub(super) const TOPICS: [Topic; 64] = [
    ("bug", "area/prediction", "High water at {station} is {small} minutes early since {version}", "Against the {agency} table for {month}, every high water at {station} comes {small} minutes too early. Low waters are fine."),
    ("bug", "area/prediction", "{station}: second low water of the day goes missing", "On days with a young flood stand, `extremes` for {station} returns three entries instead of four. The curve from `heights` shows the fourth one clearly, it is only {small} cm deep."),
    ("bug", "area/prediction", "Spring range at {station} is {n} cm too small", "Neaps agree with the gauge, springs do not: the range is {n} cm short on every new moon in {month}. Smells like a missing K2."),
    ("bug", "area/prediction", "M4 is applied twice for {station}", "{station} lists M4 both as a constituent and as an overtide of M2. Since {version} both are summed, and the double high water turns into a triple one."),
    ("bug", "area/prediction", "Heights jump by {small} cm at midnight for {station}", "Plotting three days at six-minute steps for {station} shows a step of {small} cm at local midnight. The node factors seem to be recomputed there."),
    ("bug", "area/prediction", "Negative amplitude accepted for {station}, curve upside down", "A typo in our station file (`amplitude = -1.{n}`) went through `harbor check` and gave us high water at low water. Should be refused."),
    ("bug", "area/time", "{station}: extremes listed under the wrong day around {month} {small}", "Asking {station} for one day returns an extreme that belongs to the next one. It is within {small} minutes of midnight."),
    ("bug", "area/time", "tz=UTC still answers local offsets for {station}", "`/v1/stations/{id}/heights?tz=UTC` for {station} answers `+0{small}:00`. The height is right, the label is not."),
    ("bug", "area/time", "Leap day {month} request for {station} answers 400", "`from=2028-02-29` is a valid date, but {station} answers `from must be a date or a time with an offset`."),
    ("bug", "area/time", "Offset of {station} is wrong before 1970", "We hindcast wrecks. For {station} in {month} 1951 the offset is the modern one, not the one in force then."),
    ("bug", "area/time", "Two high waters with the same local time at {station} in October", "When clocks go back, {station} lists 02:{n} twice, without an offset that would tell them apart in the CSV."),
    ("bug", "area/stations", "Constants of {station} are those of {other}", "The phases for {station} match {other} to the last digit. Somebody pasted one table too many in {version}."),
    ("bug", "area/stations", "Longitude of {station} has the wrong sign", "`near=` never returns {station}: its longitude is east instead of west. Predictions are not affected."),
    ("bug", "area/stations", "near= puts {other} before {station}", "From a point two miles off {station}, the nearest station is said to be {other}. Distances look as if degrees of longitude had the same length everywhere."),
    ("bug", "area/stations", "SIGHUP with a broken file drops {station}", "The log says the list was ignored, but {station} is gone until the next restart. Seen with {version} on {system}."),
    ("bug", "area/stations", "Station ids with an umlaut cannot be requested", "We named ours like the port near {station}. The list shows it, every request for it is a 404, encoded or not."),
    ("bug", "area/http", "HEAD on heights answers 405 behind {system}", "Our load balancer probes with HEAD. Since {version} that is a 405 and {station} is taken out of rotation."),
    ("bug", "area/http", "Cache-Control says immutable for future days at {station}", "Predictions for next {month} come with a max-age of a year. We updated the constants of {station} and half our clients kept the old tide."),
    ("bug", "area/http", "step={n} returns one sample too many at {station}", "One day at step={n} should end before midnight; the last sample is the first one of the next day."),
    ("bug", "area/http", "Error for an unknown station suggests {other} for {station}", "We misspelt {station} by one letter and got `did you mean {other}?`. They share three letters."),
    ("bug", "area/http", "Connection reset after {n} requests with keep-alive", "On {system}, the {n}th request over one connection is reset. Reproducible with `oha -n 500`; {version} only."),
    ("bug", "area/datum", "datum=lat is above chart datum at {station}", "LAT should be at or below chart datum nearly everywhere. At {station} harbor puts it {n} cm above."),
    ("bug", "area/datum", "{station} moved its chart datum in {month}, ours did not", "{agency} lowered the chart datum of {station} by {n} cm. Our offset is the old one, so every height is that much off."),
    ("bug", "area/tools", "fetch drops constituents with lower-case names from {agency}", "{agency} writes `m2`. `fetch.py` keeps it, the service then ignores it without a word, and {station} is left with solar tides only."),
    ("bug", "area/tools", "compare.py divides by zero when a gauge was down all {month}", "The gauge at {station} was out of order for the whole month, so everything is NaN and `absolute.max()` raises."),
    ("bug", "area/tools", "{agency} answers 429 and fetch gives up at station {n}", "Fetching the whole list stops there. It should wait, or at least say which stations are still missing."),
    ("bug", "area/ops", "harbor {version} does not start on {system}: no such file data/stations.toml", "The package installs the list under /usr/share, the default is relative to the working directory."),
    ("bug", "area/ops", "Memory grows by {n} MB a day on {system}", "Started with {version}. It is the cache, I think: we ask for a different day each time, {station} and {other} alternating."),
    ("bug", "area/ops", "SIGTERM takes {n} seconds under {system}", "The pod is killed because open keep-alive connections are waited for, although no request is running."),
    ("bug", "area/ops", "Metrics endpoint counts {station} and {other} as one", "`harbor_requests_total` has a label for the station, but the value is cut at eight letters."),
    ("enhancement", "area/prediction", "Let {station} have its own list of constituents", "{agency} publishes {n} constituents for {station}; we use eleven. A station should be able to bring its own speeds."),
    ("enhancement", "area/prediction", "Show the age of the tide for {station}", "Fishermen here ask how many days after new moon the largest tide comes. It is one subtraction of phases."),
    ("enhancement", "area/prediction", "Tidal coefficient as used in {station}", "French tables print a coefficient from 20 to 120. People at {station} plan by it and never look at metres."),
    ("enhancement", "area/prediction", "Mark springs and neaps in the answer for {station}", "A field `phase: spring | neap` on days that are one would save each client the same moon arithmetic."),
    ("enhancement", "area/prediction", "Error band next to each height at {station}", "We know from the gauges how far off {station} usually is ({small} cm). Say so next to the number."),
    ("enhancement", "area/time", "Accept from=tomorrow and from=+{small}d", "For a kiosk at {station} it would be handy not to need a clock in the client."),
    ("enhancement", "area/time", "Extremes before sunrise greyed out: add daylight to {station}", "Clam diggers at {station} only care about lows in daylight. Sunrise is easy to compute and hard to get."),
    ("enhancement", "area/stations", "Add {station} from {agency}", "Constants are published under a free licence, {n} of them, epoch 2007-2025. I can prepare the pull request."),
    ("enhancement", "area/stations", "Aliases: {station} is spelled in three ways", "Charts, the pilot book and {agency} do not agree. An `aliases = []` in the station file would do."),
    ("enhancement", "area/stations", "Secondary ports by differences from {station}", "Tables give {other} as time and height differences from {station}. We have no way to say that."),
    ("enhancement", "area/stations", "Licence and source for each station", "Before we may show {station} on a public screen we have to name {agency}. Put it into the answer."),
    ("enhancement", "area/http", "CSV from heights, for a spreadsheet in {station}", "The harbour office at {station} lives in spreadsheets. `Accept: text/csv` would be enough."),
    ("enhancement", "area/http", "One request for {station} and {other} together", "Our page shows {n} ports. That is {n} requests with the same parameters each time."),
    ("enhancement", "area/http", "iCalendar feed of low waters at {station}", "Subscribe once, see every low below a height in the phone's calendar. For {station} that would be below 0.{n} m."),
    ("enhancement", "area/http", "Server-sent events while the tide turns at {station}", "A push at each high and low water, so that a display at {station} needs no polling."),
    ("enhancement", "area/datum", "Ordnance datum for {station}", "Engineers at {station} count from the land survey's zero, not from the chart's. The offset is published."),
    ("enhancement", "area/tools", "compare.py: plot the residuals of {station}", "A table of percentiles hides that the error at {station} is all in {month}."),
    ("enhancement", "area/tools", "Fetch from {agency} with an API key", "They close the open endpoint in {month}. The key goes into a header."),
    ("enhancement", "area/ops", "Arm64 image for {system}", "We run {version} on small boards next to the gauge at {station} and build it ourselves each time."),
    ("enhancement", "area/ops", "Health check that really predicts {station}", "`/healthz` says ok even with an empty list. It could predict {station} for this minute and fail when it cannot."),
    ("docs", "area/docs", "Explain why {station} has a stand instead of a high water", "We get the question every week. A paragraph with a picture in accuracy.md would help."),
    ("docs", "area/docs", "api.md: what happens at {station} on the day clocks change", "Is the day 23, 24 or 25 hours long? I had to read clock.rs to find out."),
    ("docs", "area/docs", "Example in README fails on {system}", "The ampersand starts the service in the background before the list is loaded, so the first curl to {station} is refused."),
    ("docs", "area/docs", "datums.md does not say which chart datum {agency} means", "There are two in use at {station}, {n} cm apart."),
    ("docs", "area/docs", "State the accuracy for {station} and its neighbours", "accuracy.md has medians only. For {station} we would like the worst case as well."),
    ("docs", "area/docs", "Operations: how to run behind a proxy on {system}", "Which headers are trusted? {version} logs the proxy's address for every request."),
    ("performance", "area/prediction", "31 days at one-minute steps take {n}0 ms for {station}", "Most of it is `cos`. The terms could be advanced by a rotation instead; in a quick try it was six times faster."),
    ("performance", "area/http", "List of {n}0 stations is serialised again for each request", "With {n}0 stations that is most of the time of `/v1/stations`. It changes on SIGHUP only."),
    ("performance", "area/stations", "Start takes {small} seconds with the full table from {agency}", "Parsing is fast, looking for the nearest spelling of every alias is not. Measured on {system}."),
    ("performance", "area/tools", "compare.py needs {n} GB for one year of {station}", "One-minute readings are read into a list of Python objects first."),
    ("security", "area/http", "Unbounded from= lets anybody fill the cache from {station}", "Each new day is kept. A loop over dates at {station} reaches the bound within minutes and then evicts everybody else's."),
    ("security", "area/ops", "Image for {system} runs as root", "Nothing needs it: the port is above 1024 and the list is read once."),
    ("question", "area/prediction", "Can harbor hindcast {station} for {month} 1916?", "We try to date a grounding. Are node factors valid that far back, and how far off would you expect the times to be?"),
    ("question", "area/datum", "Which datum do bridge clearances at {station} need?", "Clearances are given above HAT here. Is that something harbor can compute, or do we ask {agency}?"),
];
