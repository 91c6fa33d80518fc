#pragma once

#include "config/problems.hpp"

#include <optional>
#include <string>
#include <string_view>

/// What can be said about a YAML text without reading it as YAML.
namespace tunnelkeyd::config {

/// The first byte that is not UTF-8 (RFC 3629), or a control character that YAML does not allow. Nothing where
/// there is none.
std::optional<position> find_bad_character(std::string_view text);

/// Whether the quote at `where` is never closed. yaml-cpp lets that pass where the text ends with a new line,
/// and takes the whole rest of the file for the value. False where no quote stands there.
bool is_unclosed_quote(std::string_view text, position where);

/// yaml-cpp's message at `where` in words that help whoever wrote the file. Its own words are never passed on:
/// some quote the file, and that may be a secret.
std::string explain_syntax_error(std::string_view message, std::string_view text, position where);

}  // namespace tunnelkeyd::config
