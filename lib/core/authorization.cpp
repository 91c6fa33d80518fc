#include "core/authorization.hpp"

#include <algorithm>
#include <cstdint>

namespace tunnelkeyd::core {

namespace {

std::string base64(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
        for (std::size_t j = 0; j < 4; ++j)
            text += i + j <= bytes.size() ? alphabet[group >> (18 - 6 * j) & 63] : '=';
    }
    return text;
}

secret joined(std::string_view scheme, std::string_view value) {
    std::string text;
    text.reserve(scheme.size() + value.size());
    text.append(scheme).append(value);
    secret result(text);
    wipe(text);
    return result;
}

bool is_visible(char c) {
    return c > ' ' && c <= '~';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool begins_with_scheme(std::string_view token) {
    constexpr std::string_view scheme = "bearer";
    return token.size() > scheme.size() && is_blank(token[scheme.size()]) &&
           std::equal(scheme.begin(), scheme.end(), token.begin(),
                      [](char wanted, char found) { return wanted == (found | 0x20); });
}

}  // namespace

std::string token_problem(const secret& token) {
    const auto text = token.reveal();
    const auto* const wrong = std::find_if_not(text.begin(), text.end(), is_visible);
    if (wrong == text.end())
        return {};
    if (begins_with_scheme(text))
        return "begins with \"Bearer \", which is put before it when it is sent; write the secret without it";
    if (std::all_of(wrong, text.end(), is_blank))
        return "ends with a blank; write the secret without it";
    if (wrong == text.begin() && is_blank(*wrong))
        return "begins with a blank; write the secret without it";
    const auto at = std::to_string(wrong - text.begin() + 1);
    return is_blank(*wrong) ? "has a blank at position " + at + "; write only the secret, which has none"
                            : "has a character that cannot be sent in a header, at position " + at +
                                  "; copy the secret once more, as plain text";
}

secret bearer_authorization(const secret& token) {
    return joined("Bearer ", token.reveal());
}

secret basic_authorization(std::string_view username, const secret& password) {
    std::string pair;
    pair.reserve(username.size() + 1 + password.size());
    pair.append(username).append(":").append(password.reveal());
    const secret login(pair);
    wipe(pair);
    return basic_authorization(login);
}

secret basic_authorization(const secret& login) {
    std::string encoded = base64(login.reveal());
    auto result = joined("Basic ", encoded);
    wipe(encoded);
    return result;
}

}  // namespace tunnelkeyd::core
