#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace tunnelkeyd::core {

/// All of `text` as a number in decimal digits, without a sign or blanks; nothing where it is none, or one that
/// `Number`, an unsigned type, does not hold.
template <class Number>
std::optional<Number> whole_number(std::string_view text) {
    Number number = 0;
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stopped == end ? std::optional(number) : std::nullopt;
}

}  // namespace tunnelkeyd::core
