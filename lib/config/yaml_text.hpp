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

/// yaml-cpp's message at `where` in words that help whoever wrote the file. Its own words are never passed on:
/// some quote the file, and that may be a secret.
std::string explain_syntax_error(std::string_view message, std::string_view text, position where);

}  // namespace tunnelkeyd::config
