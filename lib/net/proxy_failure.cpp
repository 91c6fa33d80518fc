#include "net/proxy_failure.hpp"

#include "core/proxy_url.hpp"

#include <algorithm>

namespace tunnelkeyd::net {

namespace {

std::string name_of(const proxy_hop& by) {
    return "the proxy " + core::proxy_text(*by.proxy);
}

/// Where a person corrects what is said of the proxy.
std::string setting_of(const proxy_hop& by, const char* field) {
    return by.by_environment ? "the environment variable that names it" : by.setting + "." + field;
}

bool offers_basic(std::string schemes) {
    std::transform(schemes.begin(), schemes.end(), schemes.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return (", " + schemes + ",").find(", basic,") != std::string::npos;
}

/// 407 (RFC 9110, section 15.5.8). Tinyproxy answers a wrong password with 401.
proxy_failure login_refused(const connect_reply& reply, const proxy_hop& by) {
    const auto& schemes = reply.schemes();
    const auto code = "HTTP " + std::to_string(reply.status());
    if (!schemes.empty() && !offers_basic(schemes))
        return {name_of(by) + " wants a login of a kind that is not spoken (" + code + "; it offers " +
                    schemes + ")",
                "have it take Basic logins from this machine, or let it through without one"};
    const auto name = by.setting + ".username";
    const auto password = by.setting + ".password";
    if (by.authorization.empty())
        return {name_of(by) + " wants a login (" + code + ")",
                (by.by_environment ? "write it into the variable, http://USER:PASSWORD@HOST:PORT, or name the "
                                     "proxy in the configuration, with "
                                   : "set ") +
                    name + " and " + password};
    return {name_of(by) + " does not accept the user name and password (" + code + ")",
            by.by_environment ? "correct them in the variable, percent-encoded"
                              : "correct " + name + " and what " + password + " points to"};
}

}  // namespace

proxy_failure describe_refusal(const connect_reply& reply, const proxy_hop& by, const core::base_url& target) {
    const auto status = reply.status();
    const auto there = target.host_and_port();
    const auto code = "(HTTP " + std::to_string(status) +
                      (reply.detail().empty() ? std::string() : ", " + reply.detail()) + ")";
    switch (status) {
    case 0:
        return {name_of(by) + " does not answer as one: " + reply.problem(),
                "see that " + setting_of(by, "url") +
                    " has its address and port, and that it speaks plain http"};
    case 401:
    case 407:
        return login_refused(reply, by);
    case 403:
        return {name_of(by) + " does not let this machine through to " + there + " " + code,
                "have that allowed in its rules"};
    case 400:
    case 404:
    case 405:
    case 501:
        return {name_of(by) + " does not take CONNECT to " + there + " " + code,
                "see that it is a forward proxy, and allows CONNECT to this port"};
    case 500:
    case 502:
    case 503:
    case 504:
        return {
            name_of(by) + " does not reach " + there + " " + code,
            "see that this is up and has the right port, and that the proxy knows the name and may go there"};
    default:
        return {name_of(by) + " refuses a connection to " + there + " " + code, "see its log"};
    }
}

proxy_failure describe_silence(const std::string& why, const proxy_hop& by) {
    return {name_of(by) + ": " + why, "see that it is up, and that " + setting_of(by, "url") + " is right"};
}

}  // namespace tunnelkeyd::net
