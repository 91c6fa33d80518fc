#pragma once

#include <span>
#include <string_view>

namespace tunnelkeyd::config {

/// The word that was probably meant: the one with the fewest edits (letters added, dropped, changed or swapped
/// with their neighbour; case and `-` for `_` cost nothing). "" where none is near, or
/// where it does not begin with a letter.
std::string_view suggest(std::string_view misspelt, std::span<const std::string_view> words);

}  // namespace tunnelkeyd::config
