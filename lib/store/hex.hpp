#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tunnelkeyd::store {

/// Lower case. What it returns of a secret is the caller's to wipe.
inline std::string to_hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text(bytes.size() * 2, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        text[2 * i] = digits[byte >> 4];
        text[2 * i + 1] = digits[byte & 15];
    }
    return text;
}

inline std::optional<int> hex_value(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return std::nullopt;
}

/// Writes the bytes that `text` spells to `out`, text.size() / 2 of them; false if it is not hex.
inline bool from_hex(std::string_view text, char* out) {
    if (text.size() % 2 != 0)
        return false;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = hex_value(text[i]);
        const auto low = hex_value(text[i + 1]);
        if (!high || !low)
            return false;
        *out++ = static_cast<char>(*high << 4 | *low);
    }
    return true;
}

}  // namespace tunnelkeyd::store
