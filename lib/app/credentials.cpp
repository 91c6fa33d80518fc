#include "app/credentials.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tunnelkeyd::app {

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

core::secret joined(std::string_view scheme, std::string_view value) {
    std::string text;
    text.reserve(scheme.size() + value.size());
    text.append(scheme).append(value);
    core::secret result(text);
    core::wipe(text);
    return result;
}

core::secret basic(const std::string& username, const core::secret& password) {
    std::string pair;
    pair.reserve(username.size() + 1 + password.size());
    pair.append(username).append(":").append(password.reveal());
    std::string encoded = base64(pair);
    core::wipe(pair);
    auto result = joined("Basic ", encoded);
    core::wipe(encoded);
    return result;
}

/// Empty where there is none.
core::secret without_scheme(const ports::credentials& authorization) {
    const auto header = authorization.reveal();
    const auto space = header.find(' ');
    return space == std::string_view::npos ? core::secret() : core::secret(header.substr(space + 1));
}

}  // namespace

std::variant<ports::credentials, ports::secret_error> read_credentials(const ports::secrets& secrets,
                                                                       const core::instance_auth& auth) {
    const auto* bearer = std::get_if<core::bearer_auth>(&auth);
    auto read = secrets.read(bearer ? bearer->token : std::get<core::basic_auth>(auth).password);
    if (auto* value = std::get_if<core::secret>(&read))
        return bearer ? joined("Bearer ", value->reveal())
                      : basic(std::get<core::basic_auth>(auth).username, *value);
    return std::get<ports::secret_error>(std::move(read));
}

std::string without_credentials(std::string text, const ports::credentials& authorization) {
    return core::redacted(std::move(text), without_scheme(authorization));
}

core::exchange without_credentials(core::exchange seen, const ports::credentials& authorization) {
    return without_secret(std::move(seen), without_scheme(authorization));
}

core::exchange without_secret(core::exchange seen, const core::secret& hidden) {
    for (auto* text : {&seen.problem, &seen.content_type, &seen.retry_after, &seen.rate_limit_reset,
                       &seen.location, &seen.authentication_denied_reason})
        *text = core::redacted(std::move(*text), hidden);
    if (!hidden.empty() && seen.body.reveal().find(hidden.reveal()) != std::string_view::npos)
        seen.body = core::secret("[redacted]");
    return seen;
}

}  // namespace tunnelkeyd::app
