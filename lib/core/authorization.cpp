#include "core/authorization.hpp"

#include <cstdint>
#include <string>

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

}  // namespace

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
