#include "core/proxy_url.hpp"

#include "core/url_problem.hpp"

#include <boost/url/decode_view.hpp>
#include <boost/url/pct_string_view.hpp>

#include <algorithm>

namespace tunnelkeyd::core {

namespace {

constexpr std::string_view form = "write http://HOST:PORT";

proxy_url failed(std::string why) {
    proxy_url result;
    result.problem = std::move(why);
    return result;
}

bool is_http(std::string_view scheme) {
    constexpr std::string_view wanted = "http";
    return scheme.size() == wanted.size() &&
           std::equal(wanted.begin(), wanted.end(), scheme.begin(),
                      [](char expected, char found) { return expected == (found | 0x20); });
}

bool is_control(unsigned char c) {
    return c < 0x20 || c == 0x7F;
}

/// Nothing where it is malformed, or stands for a control character, which RFC 7617 forbids.
std::optional<secret> decoded(std::string_view text) {
    const auto encoded = boost::urls::make_pct_string_view(text);
    if (!encoded)
        return std::nullopt;
    const auto bytes = **encoded;
    std::string plain(bytes.begin(), bytes.end());
    std::optional<secret> result;
    if (std::none_of(plain.begin(), plain.end(), is_control))
        result.emplace(plain);
    wipe(plain);
    return result;
}

/// `user:password`; without a password an empty one, as curl does it.
std::optional<secret> login_of(std::string_view userinfo) {
    const auto colon = std::min(userinfo.find(':'), userinfo.size());
    const auto user = decoded(userinfo.substr(0, colon));
    const auto password = decoded(userinfo.substr(std::min(colon + 1, userinfo.size())));
    if (!user || !password || user->empty() || user->reveal().find(':') != std::string_view::npos)
        return std::nullopt;
    std::string pair;
    pair.reserve(user->size() + 1 + password->size());
    pair.append(user->reveal()).append(":").append(password->reveal());
    secret result(pair);
    wipe(pair);
    return result;
}

bool names_port(std::string_view server) {
    const auto bracket = server.rfind(']');
    const auto colon = server.find(':', bracket == std::string_view::npos ? 0 : bracket);
    return colon != std::string_view::npos && colon + 1 < server.size();
}

}  // namespace

proxy_url parse_proxy_url(std::string_view text) {
    if (const auto scheme = text.find("://"); scheme != std::string_view::npos) {
        if (!is_http(text.substr(0, scheme)))
            return failed("is no http:// proxy, and other kinds (https://, socks5://) are not spoken; " +
                          std::string(form));
        text.remove_prefix(scheme + 3);
    }
    const auto end = std::min(text.find_first_of("/?#"), text.size());
    if (const auto rest = text.substr(end); !rest.empty() && rest != "/")
        return failed("has something behind the port; " + std::string(form));
    auto server = text.substr(0, end);
    proxy_url result;
    if (const auto at = server.rfind('@'); at != std::string_view::npos) {
        result.login = login_of(server.substr(0, at));
        if (!result.login)
            return failed("has a user name or a password that cannot be read; percent-encode what is neither "
                          "letter nor digit in them (%40 is @)");
        server.remove_prefix(at + 1);
    }
    if (server.empty() || server.find_first_of("\\ ") != std::string_view::npos)
        return failed("names no proxy; " + std::string(form));
    if (!names_port(server))
        return failed("has no port, and programs differ in what they take then (80, 1080, 3128); " +
                      std::string(form));
    const auto whole = "http://" + std::string(server);
    auto url = parse_base_url(whole);
    if (!url) {
        const auto problem = server_problem(whole);
        return failed((problem.empty() ? "is not the address of a proxy" : problem) + "; " + std::string(form));
    }
    result.url = std::move(*url);
    return result;
}

std::string proxy_text(const base_url& proxy) {
    return "http://" + proxy.host_and_port();
}

}  // namespace tunnelkeyd::core
