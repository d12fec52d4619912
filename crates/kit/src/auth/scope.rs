//! What a principal may do.

use std::fmt;

/// One right. None implies another: a token for the sandbox alone reads nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// What cannot be undone by the same means.
    Destructive,
    /// Tools, resources and completions that change nothing.
    Read,
    /// Running code.
    Sandbox,
    /// Adding and editing.
    Write,
}

impl Scope {
    /// All of them, sorted by name.
    pub const ALL: [Self; 4] = [Self::Destructive, Self::Read, Self::Sandbox, Self::Write];

    /// Its public name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Destructive => "destructive",
            Self::Read => "read",
            Self::Sandbox => "sandbox",
            Self::Write => "write",
        }
    }

    /// The scope called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// No right at all.
    pub const NONE: Self = Self(0);
    /// Every right.
    pub const ALL: Self = Self(0b1111);

    /// Whether `scope` is in the set.
    pub const fn allow(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// The names in `text`, separated by commas or blanks.
    ///
    /// # Errors
    /// The first name that is no scope.
    pub fn parse(text: &str) -> Result<Self, String> {
        let names = text.split([',', ' ']).filter(|name| !name.is_empty());
        names
            .map(|name| Scope::named(name).ok_or_else(|| name.to_owned()))
            .collect()
    }

    /// The names in `text` that are scopes here; the others belong to somebody else's service.
    pub fn known(text: &str) -> Self {
        text.split([',', ' ']).filter_map(Scope::named).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | scope.bit()))
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Scope::ALL.into_iter().filter(|scope| self.allow(*scope));
        let names: Vec<_> = names.map(Scope::name).collect();
        f.write_str(&names.join(","))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scopes({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sets_agree() {
        let mut names: Vec<_> = Scope::ALL.map(Scope::name).to_vec();
        assert!(names.is_sorted());
        names.dedup();
        assert_eq!(names.len(), 4);
        assert_eq!(Scope::ALL.into_iter().collect::<Scopes>(), Scopes::ALL);
        for scope in Scope::ALL {
            assert_eq!(Scope::named(scope.name()), Some(scope));
            assert!(Scopes::ALL.allow(scope) && !Scopes::NONE.allow(scope));
        }
    }

    #[test]
    fn a_set_is_what_its_names_say() {
        let set = Scopes::parse("write,read").unwrap();
        assert_eq!(set.to_string(), "read,write");
        assert!(!set.allow(Scope::Destructive) && !set.allow(Scope::Sandbox));
        assert_eq!(Scopes::parse("read,admin").unwrap_err(), "admin");
        assert_eq!(Scopes::parse(""), Ok(Scopes::NONE));
        assert_eq!(Scopes::known("openid read profile").to_string(), "read");
    }
}
