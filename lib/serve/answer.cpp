#include "serve/answer.hpp"

#include <array>
#include <ctime>

namespace tunnelkeyd::serve {

namespace {

const char* reason_of(unsigned status) {
    switch (status) {
    case 200:
        return "OK";
    case 202:
        return "Accepted";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 409:
        return "Conflict";
    case 413:
        return "Content Too Large";
    case 422:
        return "Unprocessable Content";
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

}  // namespace

std::string head_of(const answer& given, bool keep_alive) {
    std::string text = "HTTP/1.1 " + std::to_string(given.status) + " " + reason_of(given.status);
    text += "\r\nDate: " + http_date();
    text += "\r\nContent-Type: " + given.content_type;
    text += "\r\nContent-Length: " + std::to_string(given.content().size());
    text += "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n";
    text += given.header;
    // HTTP/1.0 needs to be told that it stays, HTTP/1.1 that it does not.
    text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return text;
}

}  // namespace tunnelkeyd::serve
