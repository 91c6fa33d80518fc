#include "simulator/message.hpp"

#include <boost/beast/http/status.hpp>

#include <array>
#include <stdexcept>

namespace tunnelkeyd::simulator {

namespace {

constexpr std::array<std::string_view, call_count> call_names = {"regenerate", "read_organization", "status",
                                                                 "whoami",     "install",           "other"};

std::string reason_phrase(unsigned status) {
    const auto known = boost::beast::http::int_to_status(status);
    return std::string(boost::beast::http::obsolete_reason(known));
}

}  // namespace

std::string_view to_string(side which) {
    return which == side::cloud ? "cloud" : "instance";
}

std::string_view to_string(call what) {
    return call_names.at(static_cast<std::size_t>(what));
}

call parse_call(std::string_view name) {
    for (std::size_t i = 0; i < call_count; ++i)
        if (call_names[i] == name)
            return static_cast<call>(i);
    throw std::invalid_argument("no such call: " + std::string(name));
}

std::string_view request::path() const {
    const std::string_view whole = target;
    return whole.substr(0, whole.find('?'));
}

reply json_reply(unsigned status, std::string body) {
    return {status, "application/json", std::move(body), {}};
}

reply html_reply(unsigned status) {
    const std::string title = std::to_string(status) + " " + reason_phrase(status);
    return {status,
            "text/html;charset=UTF-8",
            "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body><h1>" + title +
                "</h1></body></html>\n",
            {}};
}

std::string head(const reply& answer, std::size_t content_length, bool announce_close) {
    std::string text =
        "HTTP/1.1 " + std::to_string(answer.status) + " " + reason_phrase(answer.status) + "\r\n";
    if (!answer.content_type.empty())
        text += "Content-Type: " + answer.content_type + "\r\n";
    text += "Content-Length: " + std::to_string(content_length) + "\r\n";
    for (const auto& [name, value] : answer.headers)
        text += name + ": " + value + "\r\n";
    if (announce_close)
        text += "Connection: close\r\n";
    return text + "\r\n";
}

}  // namespace tunnelkeyd::simulator
