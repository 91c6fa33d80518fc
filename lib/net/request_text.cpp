#include "net/request_text.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <algorithm>

namespace tunnelkeyd::net {

namespace {

bool is_visible(char c) {
    return c > ' ' && c <= '~';
}

bool is_sendable(std::string_view value) {
    return !value.empty() && is_visible(value.front()) && is_visible(value.back()) &&
           std::all_of(value.begin(), value.end(), [](char c) { return c == ' ' || is_visible(c); });
}

void append_field(wiping_string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

request_text make_request(std::string_view method, const core::base_url& base, std::string_view path,
                          std::span<const header_field> fields, std::string_view body) {
    const auto host = base.authority();
    const auto target = base.path + std::string(path);
    if (!is_sendable(host) || !is_sendable(target) || target.find(' ') != std::string::npos)
        return {{}, "the URL cannot be sent: it has characters that a URL may not have"};
    std::size_t size = 256 + method.size() + target.size() + host.size() + body.size();
    for (const auto& [name, value] : fields) {
        if (!is_sendable(value))
            return {{},
                    "the header " + std::string(name) +
                        " cannot be sent: its value is empty, or has bytes that " +
                        "are not printable ASCII, such as a line break"};
        size += name.size() + value.size() + 4;
    }

    request_text request;
    request.bytes.reserve(size);
    request.bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
    append_field(request.bytes, "Host", host);
    append_field(request.bytes, "User-Agent", "tunnelkeyd/" TUNNELKEYD_VERSION);
    for (const auto& [name, value] : fields)
        append_field(request.bytes, name, value);
    if (method != "GET")
        append_field(request.bytes, "Content-Length", std::to_string(body.size()));
    request.bytes.append("\r\n").append(body);
    return request;
}

request_text make_connect_request(const core::base_url& target, std::string_view authorization) {
    const auto there = target.host_and_port();
    if (!is_sendable(there) || (!authorization.empty() && !is_sendable(authorization)))
        return {{}, "CONNECT cannot be sent: it has bytes that are not printable ASCII"};
    request_text request;
    request.bytes.reserve(256 + 2 * there.size() + authorization.size());
    request.bytes.append("CONNECT ").append(there).append(" HTTP/1.1\r\n");
    append_field(request.bytes, "Host", there);
    append_field(request.bytes, "User-Agent", "tunnelkeyd/" TUNNELKEYD_VERSION);
    if (!authorization.empty())
        append_field(request.bytes, "Proxy-Authorization", authorization);
    request.bytes.append("\r\n");
    return request;
}

std::string path_segment(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

}  // namespace tunnelkeyd::net
