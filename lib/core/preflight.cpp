#include "core/preflight.hpp"

#include "core/verdict.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace tunnelkeyd::core {

namespace {

using check = preflight_failure::check;

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string state_of(const exchange& seen) {
    const auto document = nlohmann::json::parse(seen.body.reveal(), nullptr, /*allow_exceptions=*/false);
    if (!document.is_object())
        return {};
    const auto found = document.find("state");
    if (found == document.end() || !found->is_string())
        return {};
    return found->get_ref<const std::string&>().substr(0, 80);
}

/// Nothing is repeated soon, as with other credentials: a person is needed.
preflight_failure no_client_certificate(const exchange& seen) {
    return {check::credentials, "the instance does not accept the client certificate (" + describe(seen) + ")",
            "put one that it accepts where instance.tls.client_certificate points; what waits goes on once "
            "tunnelkeyd "
            "preflight passes",
            std::nullopt};
}

preflight_failure unreachable(const exchange& seen) {
    const auto says = [&](const char* word) { return seen.problem.find(word) != std::string::npos; };
    return {check::instance, "the instance cannot be reached: " + describe(seen),
            says("certificate has expired")
                ? "renew the instance's certificate; what waits goes on once tunnelkeyd preflight passes"
            : says("certificate")
                ? "mend the instance's certificate, or instance.tls, as said; what waits goes "
                  "on once tunnelkeyd preflight passes"
            : says("the proxy http") && !says("TLS handshake")
                ? "see to the proxy, or to instance.proxy, as said; what waits goes on once tunnelkeyd "
                  "preflight passes"
                : "see that it is up, and that instance.url and the network between are right",
            std::nullopt};
}

}  // namespace

std::string_view to_string(preflight_failure::check at) {
    switch (at) {
    case check::store:
        return "store";
    case check::secret:
        return "secret";
    case check::api_key:
        return "api_key";
    case check::instance:
        return "instance";
    case check::credentials:
        return "credentials";
    }
    return {};
}

trouble trouble_of(const preflight_failure& failure) {
    constexpr const char* secret_remedy = "put the secret where the message says, readable for the daemon's "
                                          "user and not for everybody, and reload";
    const auto code = [&]() -> std::string_view {
        switch (failure.at) {
        case check::store:
            return "store_failing";
        case check::secret:
            return "secret_unreadable";
        case check::api_key:
            return "api_key_refused";
        case check::instance:
            return "instance_not_ready";
        case check::credentials:
            break;
        }
        return "credentials_refused";
    };
    const bool says_itself = failure.at == check::secret && failure.remedy.empty();
    return {code(), failure.problem, says_itself ? std::string(secret_remedy) : failure.remedy};
}

bool is_of_preflight(const trouble& found) {
    return found.code == "secret_unreadable" || found.code == "api_key_refused" ||
           found.code == "credentials_refused" || found.code == "instance_not_ready" ||
           found.code == "store_failing";
}

std::optional<preflight_failure> judge_api_key(const exchange& seen) {
    if (seen.reached != reached::reply || seen.status != 401)
        return std::nullopt;
    return preflight_failure{
        check::api_key, "the cloud refuses the organization's API key (HTTP 401)",
        "make a new API key at admin.atlassian.com (they live a year at most) and put it where "
        "organizations[].api_key points",
        std::nullopt};
}

std::optional<preflight_failure> judge_status(const exchange& seen, wall_time now) {
    if (refuses_client_certificate(seen))
        return no_client_certificate(seen);
    if (seen.reached != reached::reply)
        return unreachable(seen);
    const std::string state = state_of(seen);
    if (state == "RUNNING")
        return std::nullopt;
    if (state.empty())
        return preflight_failure{check::instance, "/status answers " + describe(seen) + " and names no state",
                                 seen.status >= 500
                                     ? "see that the instance is up, and what a proxy before it says"
                                     : "see that instance.url is the product's base URL, with its context path",
                                 wait_asked_for(seen, now)};
    return preflight_failure{
        check::instance, "the instance says that it is " + state,
        "nothing, if it is being started or maintained: the rotation begins once it is RUNNING",
        wait_asked_for(seen, now)};
}

std::optional<preflight_failure> judge_whoami(const exchange& seen, wall_time now) {
    if (refuses_client_certificate(seen))
        return no_client_certificate(seen);
    if (seen.reached != reached::reply)
        return unreachable(seen);
    if (seen.status == 404)
        return std::nullopt;
    const bool success = seen.status >= 200 && seen.status < 300;
    if (success && !is_html(seen) && !is_blank(seen.body.reveal()))
        return std::nullopt;
    if (!success && (seen.status < 300 || (seen.status >= 400 && seen.status != 401 && seen.status != 403)))
        return preflight_failure{check::instance,
                                 "the instance answers " + describe(seen) +
                                     " when asked which user is logged in (/plugins/servlet/applinks/whoami)",
                                 "see the instance's log; preflight.credentials: false leaves this check out",
                                 wait_asked_for(seen, now)};
    std::string problem = "the instance does not accept the configured credentials (" + describe(seen) + ")";
    if (success && !is_html(seen))
        problem += ": it says that nobody is logged in";
    if (!seen.authentication_denied_reason.empty())
        problem += ", " + seen.authentication_denied_reason.substr(0, 200);
    const bool redirected = seen.status >= 300 && seen.status < 400;
    return preflight_failure{
        check::credentials, std::move(problem),
        redirected
            ? "it redirects: see that instance.url is right (scheme, context path), and that single sign-on "
              "lets tokens pass"
            : "renew the token or password that instance.auth points to, and reload; where a captcha is asked "
              "for, log in once with a browser before",
        std::nullopt};
}

}  // namespace tunnelkeyd::core
