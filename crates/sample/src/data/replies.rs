//! What people answer. The same words in braces as in `topics`, and `{author}` for who asked.

/// What people say about one kind of issue.
pub(super) struct Voices {
    /// Further paragraphs of the report itself.
    pub(super) details: &'static [&'static str],
    /// First reactions of maintainers.
    pub(super) asks: &'static [&'static str],
    /// What users add.
    pub(super) adds: &'static [&'static str],
    /// What maintainers say later.
    pub(super) follows: &'static [&'static str],
}

/// The voices for a kind of issue and its area.
pub(super) fn voices(kind: &str, area: &str) -> Voices {
    match (kind, area) {
        ("bug", "area/prediction" | "area/time" | "area/datum") => WRONG,
        ("bug", _) => BROKEN,
        ("enhancement", _) => WISH,
        _ => PLAIN,
    }
}

/// Predictions that are wrong.
const WRONG: Voices = Voices {
    details: &[
        "**Version:** {version}, on {system}\n\n**Expected:** what {agency} prints for the same day",
        "To reproduce:\n\n```console\n$ curl 'http://localhost:7070/v1/stations/{id}/extremes?from=2026-0{digit}-1{digit}&days=2'\n```",
        "```json\n{\"at\": \"2026-0{digit}-0{digit}T04:{n}:00+01:00\", \"height\": {small}.{n}, \"high\": true}\n```\n\nThe table has it {small} minutes later.",
        "Other ports I tried: {other} is fine, so it is not the clock of our server.",
        "Not urgent: we noticed when comparing with the gauge and can live with it until the next release.",
        "I looked through the closed issues, #{ref} sounds alike but was about another port.",
    ],
    asks: &[
        "Thanks for the report. Which version is that, and does `harbor check` say anything about {station}?",
        "Could you attach the answer for one whole day, with `datum=msl`? That takes the offset out of the picture.",
        "I can reproduce this with {version} for {station}, but not for {other}. That is a good hint.",
        "Where do your constants for {station} come from? {agency} changed its epoch in {month}.",
        "@{author} is this the public list or your own file?",
        "Looks like the same cause as #{ref}. I keep both open until we are sure.",
        "Does it go away with `step=1`? If so it is the sampling and not the constants.",
    ],
    adds: &[
        "Same here, on {system} with {version}.",
        "It is {version}, the public list, nothing changed by hand.",
        "Here is what the gauge says: {n} cm at the time harbor has its low water. The residual was flat until {month}.",
        "For us it is {other}, not {station}, but the numbers look alike.",
        "As a workaround we ask for three days and throw two of them away.",
        "I tried main at the weekend and it is better, but not gone: {small} minutes instead of {n}.",
        "Ran a bisect: it starts with the commit that computes node factors for the middle of the day.",
        "Our pilots noticed it before we did, and they were not amused.",
        "The paper tables round to five minutes, so please do not compare with those.",
        "Sorry for the silence, I was at sea. Yes, still there in {version}.",
    ],
    follows: &[
        "I have a branch that fixes {station}; {other} still fails by {small} cm. Will push once both agree.",
        "Small update: the published table for {month} is wrong, not ours. {agency} confirmed it by mail. The rest of the report stands.",
        "Let us keep this one to {station} and open another for the general case.",
        "I had a look: the slope changes sign twice within one step, so one of the two extremes is lost.",
        "Good catch. That assumption was mine and it does not hold north of 60 degrees.",
        "I added a failing test for it on main, ignored for now.",
    ],
};

/// Things that do not work.
const BROKEN: Voices = Voices {
    details: &[
        "**Version:** {version}, on {system}",
        "Seen first in {month}; I do not know whether an earlier release had it. Running on {system}.",
        "The log has nothing at `info`. With `RUST_LOG=debug` there is one line more, and no warning:\n\n```text\nDEBUG predict station={id} terms=11 took={n}us\n```",
        "It happens on two machines, so I do not think it is the network.",
        "I looked through the closed issues, #{ref} sounds alike but has another cause.",
    ],
    asks: &[
        "Thanks. Does it happen with the public list as well, or with your own file only?",
        "@{author} could you run it once with `RUST_LOG=debug` and paste the last twenty lines?",
        "I can reproduce this with {version} on {system}.",
        "Looks related to #{ref}, which we closed too early.",
        "Is there a proxy in between? I do not see it when I ask the service itself.",
    ],
    adds: &[
        "Same here, on {system} with {version}.",
        "No proxy, no container, nothing special. The list is the public one.",
        "It also happens with {other}, about one time in {n}.",
        "As a workaround we restart it every night. Not proud of it.",
        "Sorry for the silence, I was at sea. Yes, still there in {version}.",
        "Downgrading helps, so it must have come with one of the last releases.",
        "I attach nothing because there is nothing: no error, no log line, just the wrong answer.",
        "Tried main at the weekend: unchanged.",
    ],
    follows: &[
        "Found it, I think: we read the list twice and keep the first one. A fix needs a test before it can go in.",
        "Let us keep this issue to {station} and open another for the general case.",
        "I added a failing test for it on main, ignored for now.",
        "Unassigning myself, I will not get to it before the release. Notes are in the comment above.",
        "Whoever takes this: `src/station.rs` is the place to start, it is fifty lines.",
    ],
};

/// Wishes.
const WISH: Voices = Voices {
    details: &[
        "What we do today: a script on {system} that asks twice and merges. It breaks with every release.",
        "I would leave the default as it is and add this as an option of the station.",
        "Prior art: the tables of {agency} have had it for years.",
        "Happy to write it, if you tell me where it should live.",
        "It matters most for {station} and {other}.",
        "Low priority for us, but it comes up at every meeting with the harbour office.",
    ],
    asks: &[
        "We could do this without breaking the answer: a new field, absent unless asked for.",
        "I would rather not add a parameter for each port. Could it be a property of the station instead?",
        "I like it. Who else would use it? Please say so here.",
        "Happy to review a pull request. @{author} are you up for it?",
        "There was an attempt in #{ref}, have a look at why it stopped.",
    ],
    adds: &[
        "We would use this every day. If it helps I can test against the tables of {agency}.",
        "Plus one from {other}.",
        "Is there anything a beginner could do here? I know the port, not the code.",
        "Any news? The season starts in {month} and we have to decide what goes on the board.",
        "Half of it would already help: the times, without the heights.",
        "I have a prototype on {system}, about {n} lines. It is not pretty.",
        "Please make it possible to turn it off, our display has no room for more.",
        "For {station} I can get the numbers from the harbour office, they have no objection.",
    ],
    follows: &[
        "We talked about it in the call on Thursday: yes in principle, and with the source of the constants in the answer.",
        "This needs a decision about datums first, see docs/datums.md.",
        "Related: #{ref}.",
        "Moving it behind 0.9, which is about clock changes and nothing else.",
        "Let us start with {station} only and see who uses it.",
    ],
};

/// Words, speed, safety and questions.
const PLAIN: Voices = Voices {
    details: &[
        "Version {version}, if that matters.",
        "I can send a pull request, I just do not want to write what is not true.",
        "We stumbled over it while setting up a display at {station}.",
        "Somebody asked almost the same in #{ref}, and the answer there is from 2024.",
    ],
    asks: &[
        "Good point. @{author} would you like to propose a wording or a patch?",
        "Thanks for asking. Short answer: it depends on the port, and we should say so.",
        "You are right. I thought that was written down somewhere, and it is not.",
        "I agree. Does #{ref} cover it, or is this something else?",
    ],
    adds: &[
        "I read the page three times and would have guessed wrong.",
        "Thank you, that helps. It would be good to have it in the documentation.",
        "The same question came up at {other} last week.",
        "I measured it on {system}, the picture is the same.",
        "Any news? We would like to link to it.",
        "For what it is worth, {agency} explains it well in the foreword of its tables.",
        "I can test whatever you come up with.",
    ],
    follows: &[
        "I started on it, a draft will follow this week.",
        "Related: #{ref}.",
        "Let us do this together with the pages for 0.9.",
        "Unassigning myself, whoever has time is welcome to it.",
    ],
};

/// How issues end.
pub(super) const ENDS: [&str; 6] = [
    "Fixed on main, it will be in the next release. Thank you for the patience.",
    "Closing: {version} has it. Please open a new issue if it comes back.",
    "The constants of {station} were replaced with those of {agency}. Predictions agree within {small} cm now.",
    "Closing as not planned: the astronomical tide is all we want to be good at.",
    "Duplicate of #{ref}, let us continue there.",
    "This was a mistake in the station file, and `harbor check` says so since {version}.",
];
