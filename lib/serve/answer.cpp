#include "serve/answer.hpp"

#include "serve/problem_json.hpp"
#include "serve/routes.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <ctime>

namespace tunnelkeyd::serve {

namespace {

using nlohmann::ordered_json;

const char* reason_of(unsigned status) {
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 413:
        return "Content Too Large";
    case 431:
        return "Request Header Fields Too Large";
    case 503:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

std::string http_date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    // The process never leaves the C locale.
    const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

ordered_json error_json(std::string_view code, std::string_view message, std::string_view remedy) {
    return {{"code", code}, {"message", message}, {"remedy", remedy}};
}

answer json_answer(unsigned status, const ordered_json& body) {
    return {status, json_text, line_of(body)};
}

}  // namespace

answer error_answer(unsigned status, std::string_view code, std::string_view message, std::string_view remedy) {
    return json_answer(status, error_json(code, message, remedy));
}

answer no_such_path(std::string_view path) {
    auto body =
        error_json("not_found", "there is no " + std::string(path) + " here", "ask for one of these paths");
    body["paths"] = paths;
    return json_answer(404, body);
}

std::string head_of(const answer& given, bool keep_alive) {
    std::string text = "HTTP/1.1 " + std::to_string(given.status) + " " + reason_of(given.status);
    text += "\r\nDate: " + http_date();
    text += "\r\nContent-Type: " + given.content_type;
    text += "\r\nContent-Length: " + std::to_string(given.body.size());
    text += "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
    text += given.header;
    // HTTP/1.0 needs to be told that it stays, HTTP/1.1 that it does not.
    text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return text;
}

}  // namespace tunnelkeyd::serve
