//! Words to compare over the telephone.

/// A word for each value of a byte.
#[rustfmt::skip]
const WORDS: [&str; 256] = [
    "acid", "acorn", "actor", "agent", "album", "alley", "amber", "anchor", "angle", "ankle", "apple", "april",
    "apron", "arch", "arena", "armor", "arrow", "atlas", "attic", "autumn", "bacon", "badge", "bagel", "baker",
    "bamboo", "banana", "banjo", "barn", "basil", "basket", "beach", "beacon", "beard", "beaver", "bench",
    "berry", "bishop", "blanket", "blossom", "bonus", "border", "bottle", "bracket", "branch", "brick",
    "bridge", "bronze", "brush", "bucket", "buffalo", "bundle", "butter", "cabin", "cactus", "camel", "camera",
    "candle", "canoe", "canvas", "carbon", "cargo", "carpet", "carrot", "castle", "cattle", "cedar", "cello",
    "cement", "cereal", "chapel", "cherry", "chess", "chimney", "cider", "cinema", "circus", "clarinet",
    "clover", "cobalt", "coconut", "coffee", "comet", "compass", "copper", "coral", "corner", "cotton",
    "cradle", "crater", "cricket", "crown", "crystal", "cuckoo", "curtain", "cushion", "cyclone", "dagger",
    "dairy", "dancer", "delta", "denim", "desert", "diamond", "diary", "dinner", "dolphin", "donkey", "dragon",
    "drawer", "drum", "eagle", "easel", "echo", "elbow", "elephant", "ember", "engine", "envelope", "fabric",
    "falcon", "farmer", "feather", "fender", "ferry", "fiddle", "finger", "flamingo", "flannel", "flute",
    "forest", "fossil", "fountain", "fox", "galaxy", "garden", "garlic", "gazelle", "geyser", "giant", "ginger",
    "giraffe", "glacier", "goblet", "gondola", "granite", "grape", "gravel", "guitar", "hammer", "harbor",
    "harvest", "hazel", "helmet", "heron", "honey", "hornet", "horse", "hotel", "hunter", "iceberg", "igloo",
    "insect", "iron", "island", "ivory", "jacket", "jaguar", "jasmine", "jelly", "jigsaw", "jockey", "jungle",
    "kayak", "kennel", "kettle", "kitchen", "kiwi", "ladder", "lagoon", "lantern", "lemon", "leopard",
    "lettuce", "library", "lily", "linen", "lizard", "lobster", "locket", "lumber", "magnet", "mango", "maple",
    "marble", "market", "meadow", "melon", "mermaid", "meteor", "mirror", "mitten", "monkey", "mosaic",
    "mountain", "muffin", "museum", "mustard", "napkin", "needle", "nickel", "noodle", "nutmeg", "oasis",
    "ocean", "olive", "onion", "opera", "orange", "orchard", "organ", "otter", "oyster", "paddle", "palace",
    "panda", "panther", "paper", "parade", "parrot", "pasta", "peanut", "pebble", "pelican", "pencil", "pepper",
    "piano", "pigeon", "pillow", "pirate", "planet", "plum", "pocket", "pony", "poppy", "potato", "puzzle",
    "rabbit", "radish", "rainbow", "raven", "ribbon", "river", "robin", "rocket", "saddle", "salmon",
];

/// Returns the words for bytes.
pub(super) fn words(bytes: &[u8]) -> String {
    let words: Vec<&str> = bytes.iter().filter_map(|byte| WORDS.get(usize::from(*byte)).copied()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_byte_has_its_own_word() {
        assert_eq!(WORDS.iter().collect::<HashSet<_>>().len(), 256);
        assert!(
            WORDS
                .iter()
                .all(|word| (3..=9).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        );
        assert_eq!(words(&[0, 255]), format!("{} {}", WORDS[0], WORDS[255]));
    }
}
