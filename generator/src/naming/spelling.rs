//! Renderings of names in the cases that languages use.

use super::Name;

impl Name {
    /// Returns the name in snake case: `user_name`.
    pub fn snake(&self) -> &str {
        self.joined()
    }

    /// Returns the name in upper camel case: `UserName`.
    pub fn upper_camel(&self) -> String {
        let mut text = String::with_capacity(self.joined().len());
        for word in self.words() {
            let mut characters = word.chars();
            text.extend(characters.next().into_iter().flat_map(char::to_uppercase));
            text.push_str(characters.as_str());
        }
        text
    }

    /// Returns the name in upper snake case: `USER_NAME`.
    pub fn upper_snake(&self) -> String {
        self.joined().to_uppercase()
    }
}
