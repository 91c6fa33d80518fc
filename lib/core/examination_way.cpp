#include "core/examination.hpp"
#include "core/expiry.hpp"

#include <algorithm>
#include <utility>

namespace tunnelkeyd::core {

namespace {

using result = check_line::result;
using stage = way::stage;

/// What the lines of one peer are called by.
struct names {
    std::string_view look_up;
    std::string_view connection;
    std::string_view proxy;
    std::string_view tls;
    std::string url;                 ///< the setting
    std::string proxy_settings;      ///< the setting
    std::string ca_file;             ///< the setting
    std::string client_certificate;  ///< the setting
};

std::string took(duration length) {
    return length > duration(0) ? " (" + to_string(length) + ")" : " (<1ms)";
}

std::string because(std::string_view failed) {
    return "because " + std::string(failed) + " failed";
}

/// Which host is looked up and connected to, and which setting says so.
const std::string& first_host(const way& found) {
    return found.proxy ? found.proxy->host : found.to.host;
}
const std::string& first_setting(const way& found, const names& called) {
    return found.proxy ? called.proxy_settings : called.url;
}

/// Which proxy is meant is not known, or its password: nothing was tried.
bool ended_before_it_began(const way& found) {
    return found.ended_at == stage::proxy && found.connected_to.empty();
}

check_line look_up_line(const way& found, const names& called) {
    if (ended_before_it_began(found))
        return skip(called.look_up, because(called.proxy));
    const auto& host = first_host(found);
    if (found.ended_at == stage::look_up)
        return {called.look_up, result::failed, found.problem,
                "see that " + first_setting(found, called) +
                    " is right, and that this machine's name servers know the name (getent "
                    "ahosts " +
                    host + ")"};
    if (!found.look_up_took)
        return skip(called.look_up, host + (found.proxy ? ", the proxy, is an address" : " is an address"));
    std::string text;
    for (const auto& each : found.addresses)
        text += (text.empty() ? "" : ", ") + each;
    return {called.look_up, result::passed,
            host + (found.proxy ? ", the proxy, is " : " is ") + text + took(*found.look_up_took), ""};
}

check_line connection_line(const way& found, const names& called) {
    if (ended_before_it_began(found))
        return skip(called.connection, because(called.proxy));
    if (found.ended_at == stage::look_up)
        return skip(called.connection, because(called.look_up));
    if (found.ended_at == stage::connection)
        return {
            called.connection, result::failed, found.problem,
            "see that it is up, that " + first_setting(found, called) +
                " has the right port, and that firewalls let this machine through" +
                (found.proxy ? "" : "; if there is a proxy on the way, name it in " + called.proxy_settings)};
    return {called.connection, result::passed, found.connected_to + took(found.connection_took), ""};
}

check_line proxy_line(const way& found, const names& called) {
    if (found.ended_at == stage::proxy)
        return {called.proxy, result::failed, found.problem,
                !found.remedy.empty() ? found.remedy : "correct that, or " + called.proxy_settings};
    if (!found.proxy)
        return skip(called.proxy, found.proxy_why);
    if (found.ended_at < stage::proxy)
        return skip(called.proxy,
                    because(found.ended_at == stage::look_up ? called.look_up : called.connection));
    return {called.proxy, result::passed,
            found.proxy_why + " connects to " + found.to.host_and_port() + took(found.proxy_took), ""};
}

/// ": CN=jira.example.com until 2027-01-31, CN=R3 until 2027-09-15"
std::string chain_text(const way& found) {
    std::string text;
    for (const auto& each : found.chain)
        text += (text.empty() ? ": " : ", ") + each.subject + " until " + to_date(each.not_after);
    return text;
}

/// What the server wants to know of us.
std::string client_text(const way& found) {
    if (!found.client)
        return found.wants_client_certificate ? "; it asks for a client certificate, and goes on without" : "";
    return (found.wants_client_certificate ? "; it was shown " : "; it does not ask for ") +
           describe(*found.client);
}

std::string ending(const certificate& each, wall_time now) {
    if (each.not_after <= now)
        return each.subject + " has expired on " + to_date(each.not_after) + "; ";
    const auto days = std::chrono::floor<std::chrono::days>(each.not_after - now).count();
    return each.subject + " expires on " + to_date(each.not_after) + " (in " + std::to_string(days) +
           " days); ";
}

check_line client_ends(check_line line, const certificate& client, const names& called, wall_time now) {
    line.came_out = result::warning;
    line.found = "the client certificate " + ending(client, now) + line.found;
    line.remedy = "renew it, and put it where " + called.client_certificate + " points";
    return line;
}

check_line verified_line(const way& found, const names& called, wall_time now) {
    check_line line{called.tls, result::passed,
                    found.tls_version + ", " + found.cipher + chain_text(found) + client_text(found), ""};
    if (found.client && found.client->not_after - now <= expiry_notice)
        return client_ends(std::move(line), *found.client, called, now);
    const auto first = std::min_element(
        found.chain.begin(), found.chain.end(),
        [](const certificate& one, const certificate& other) { return one.not_after < other.not_after; });
    if (first == found.chain.end() || first->not_after - now > expiry_notice)
        return line;
    line.came_out = result::warning;
    line.found = ending(*first, now) + line.found;
    line.remedy = first == found.chain.begin()
                      ? "renew the certificate on the server"
                      : "renew the authority's certificate, and what " + called.ca_file + " names with it";
    return line;
}

check_line tls_line(const way& found, const names& called, wall_time now) {
    if (found.ended_at < stage::tls)
        return skip(called.tls, because(found.ended_at == stage::look_up      ? called.look_up
                                        : found.ended_at == stage::connection ? called.connection
                                                                              : called.proxy));
    if (!found.to.is_https())
        return skip(called.tls, called.url + " is plain http");
    if (found.ended_at == stage::whole)
        return verified_line(found, called, now);
    const auto sent = chain_text(found);
    return {called.tls, result::failed, found.problem + (sent.empty() ? "" : "; it sent" + sent),
            // Only of a server that is silent it is not known more.
            !found.remedy.empty()
                ? found.remedy
                : "see that a server listens there that speaks TLS, and that no firewall is in between"};
}

std::vector<check_line> lines(const way& found, const names& called, wall_time now) {
    return {look_up_line(found, called), connection_line(found, called), proxy_line(found, called),
            tls_line(found, called, now)};
}

}  // namespace

std::vector<check_line> examine_cloud_way(const way& found, wall_time now) {
    return lines(found,
                 {"cloud_name", "cloud_connection", "cloud_proxy", "cloud_tls", "cloud.url", "cloud.proxy",
                  "cloud.tls.ca_file", "cloud.tls.client_certificate"},
                 now);
}

std::vector<check_line> examine_instance_way(const way& found, wall_time now) {
    return lines(found,
                 {"instance_name", "instance_connection", "instance_proxy", "instance_tls", "instance.url",
                  "instance.proxy", "instance.tls.ca_file", "instance.tls.client_certificate"},
                 now);
}

}  // namespace tunnelkeyd::core
