#include "core/examination.hpp"

#include "core/expiry.hpp"
#include "core/preflight.hpp"
#include "core/verdict.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tunnelkeyd::core {

namespace {

using result = check_line::result;

constexpr std::size_t longest_name = 80;

check_line failed(std::string_view check, preflight_failure failure) {
    const char* otherwise =
        failure.at == preflight_failure::check::credentials
            ? "renew the token or password that instance.auth points to"
            : "see that the instance is up, and that instance.url and the network between are right";
    return {check, result::failed, std::move(failure.problem),
            failure.remedy.empty() ? otherwise : std::move(failure.remedy)};
}

check_line secret_line(std::string_view check, const std::string& setting, const secret_reference& from,
                       const std::string& error) {
    if (error.empty())
        return {check, result::passed, setting + " from " + describe(from), ""};
    std::string remedy = "correct " + setting + ", or ";
    switch (from.from) {
    case secret_reference::source::file:
        remedy += "put the secret there, owner tunnelkeyd, mode 0600";
        break;
    case secret_reference::source::credential:
        remedy += "let the service load it: LoadCredential=" + from.value + ":PATH";
        break;
    case secret_reference::source::env:
        remedy += "set the variable where the daemon is started";
        break;
    }
    return {check, result::failed, setting + ": " + error, std::move(remedy)};
}

/// One line, and not too long. Does not cut within a character of UTF-8.
std::string user_name(std::string_view body) {
    constexpr std::string_view space = " \t\r\n";
    const auto begin = std::min(body.find_first_not_of(space), body.size());
    body.remove_prefix(begin);
    body.remove_suffix(body.size() - (body.find_last_not_of(space) + 1));
    if (body.size() <= longest_name)
        return std::string(body);
    std::size_t end = longest_name;
    while (end > 0 && (static_cast<unsigned char>(body[end]) & 0xc0) == 0x80)
        --end;
    return std::string(body.substr(0, end)) + "...";
}

check_line expiry_line(std::string_view check, const std::string& setting, std::optional<wall_time> ends,
                       const char* remedy, wall_time now) {
    if (!ends)
        return skip(check, setting + " is not set");
    if (*ends <= now)
        return {check, result::failed, "has ended on " + to_date(*ends) + " (" + setting + ")", remedy};
    const auto days = std::chrono::floor<std::chrono::days>(*ends - now).count();
    std::string found = "ends on " + to_date(*ends) + " (in " + std::to_string(days) + " days)";
    if (*ends - now > expiry_notice)
        return {check, result::passed, std::move(found), ""};
    return {check, result::warning, std::move(found), remedy};
}

check_line cannot_tell(std::string found, const char* remedy) {
    return {"api_key", result::warning, std::move(found), remedy};
}

/// What a check rests on.
struct ground {
    std::string_view check;
    std::string_view rests_on;
};
constexpr ground grounds[] = {
    {"api_key", "api_key_secret"},
    {"api_key", "cloud_name"},
    {"api_key", "cloud_connection"},
    {"api_key", "cloud_proxy"},
    {"api_key", "cloud_tls"},
    {"instance_state", "instance_name"},
    {"instance_state", "instance_connection"},
    {"instance_state", "instance_proxy"},
    {"instance_state", "instance_tls"},
    {"credentials", "credentials_secret"},
    {"credentials", "instance_name"},
    {"credentials", "instance_connection"},
    {"credentials", "instance_proxy"},
    {"credentials", "instance_tls"},
    // One that is being started refuses logins for other reasons than the credentials.
    {"credentials", "instance_state"},
};

}  // namespace

check_line examine_store(const std::string& error) {
    if (error.empty())
        return {"store", result::passed, "takes durable writes", ""};
    return {"store", result::failed, "the state store takes no durable write: " + error,
            "see that the disk that holds state.directory has room and can be written"};
}

check_line examine_secret(const organization& of, const std::string& error) {
    return secret_line("api_key_secret", "organizations[].api_key", of.api_key, error);
}

check_line examine_secret(const instance& of, const std::string& error) {
    const auto* bearer = std::get_if<bearer_auth>(&of.auth);
    return secret_line("credentials_secret", "instance.auth",
                       bearer ? bearer->token : std::get<basic_auth>(of.auth).password, error);
}

check_line examine_api_key(const exchange& seen) {
    if (auto failure = judge_api_key(seen))
        return failed("api_key", std::move(*failure));
    const bool success = seen.status >= 200 && seen.status < 300;
    if (seen.reached == reached::reply && success && !is_html(seen))
        return {"api_key", result::passed, "the cloud accepts it", ""};
    if (seen.reached != reached::reply)
        return cannot_tell("cannot tell, since the cloud did not answer: " + describe(seen),
                           "see that the cloud is up, and run this again");
    switch (seen.status) {
    case 403:
        return cannot_tell("the cloud knows it, but does not let it read the organization (HTTP 403)",
                           "if its scopes are limited, see that they cover the organization's tunnels");
    case 404:
        return cannot_tell("cannot tell: the cloud knows no such organization (HTTP 404)",
                           "see that organizations[].id is right, and cloud.url");
    case 429:
        return cannot_tell("cannot tell: the organization has used up its rate limit (HTTP 429)",
                           "run this again in a minute; its rotations wait, too");
    default:
        return cannot_tell("cannot tell: the cloud answers " + describe(seen),
                           "see that the cloud is up, and that no proxy answers in its place");
    }
}

check_line examine_state(const exchange& seen, wall_time now) {
    if (auto failure = judge_status(seen, now))
        return failed("instance_state", std::move(*failure));
    return {"instance_state", result::passed, "RUNNING", ""};
}

check_line examine_credentials(const exchange& seen, wall_time now) {
    if (auto failure = judge_whoami(seen, now))
        return failed("credentials", std::move(*failure));
    if (seen.status == 404)
        return {"credentials", result::warning,
                "cannot tell: the instance has no /plugins/servlet/applinks/whoami (HTTP 404)",
                "see for yourself that the credentials are good; preflight.credentials: false leaves this "
                "check out"};
    return {"credentials", result::passed, "logs in as " + user_name(seen.body.reveal()), ""};
}

check_line examine_expiry(const organization& of, wall_time now) {
    return expiry_line(
        "api_key_expiry", "organizations[].api_key_expires", of.api_key_expires,
        "make a new API key at admin.atlassian.com, put it where organizations[].api_key points, "
        "and correct api_key_expires",
        now);
}

check_line examine_expiry(const instance& of, wall_time now) {
    return expiry_line("credentials_expiry", "instance.auth.expires", of.auth_expires,
                       "renew the token or password that instance.auth points to, and correct expires", now);
}

check_line skip(std::string_view check, std::string why) {
    return {check, result::skipped, std::move(why), ""};
}

std::optional<check_line> prevented(std::string_view check, const std::vector<check_line>& lines) {
    for (const auto& line : lines) {
        const auto rests_on_it = [&](const ground& each) {
            return each.check == check && each.rests_on == line.check;
        };
        if (line.came_out == result::failed && std::any_of(std::begin(grounds), std::end(grounds), rests_on_it))
            return skip(check, "because " + std::string(line.check) + " failed");
    }
    return std::nullopt;
}

}  // namespace tunnelkeyd::core
