#include "app/credentials.hpp"

#include "core/authorization.hpp"

#include <string_view>

namespace tunnelkeyd::app {

namespace {

/// Empty where there is none.
core::secret without_scheme(const ports::credentials& authorization) {
    const auto header = authorization.reveal();
    const auto space = header.find(' ');
    return space == std::string_view::npos ? core::secret() : core::secret(header.substr(space + 1));
}

}  // namespace

std::variant<core::secret, ports::secret_error> read_token(const ports::secrets& secrets,
                                                           const core::secret_reference& from) {
    auto read = secrets.read(from);
    if (const auto* token = std::get_if<core::secret>(&read))
        if (const auto problem = core::token_problem(*token); !problem.empty())
            return ports::secret_error{core::describe(from) + ": " + problem};
    return read;
}

std::variant<ports::credentials, ports::secret_error> read_credentials(const ports::secrets& secrets,
                                                                       const core::instance_auth& auth) {
    const auto* bearer = std::get_if<core::bearer_auth>(&auth);
    // A password may have any character: it is sent in base64.
    auto read =
        bearer ? read_token(secrets, bearer->token) : secrets.read(std::get<core::basic_auth>(auth).password);
    if (auto* value = std::get_if<core::secret>(&read))
        return bearer ? core::bearer_authorization(*value)
                      : core::basic_authorization(std::get<core::basic_auth>(auth).username, *value);
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
