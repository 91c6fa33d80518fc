#include "simulator/control_client.hpp"

#include "core/url.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace tunnelkeyd::simulator {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::uint64_t reply_limit = 1024ULL * 1024 * 1024;

http::response<http::string_body> send(std::uint16_t port, const http::request<http::string_body>& asked) {
    asio::io_context loop;
    asio::ip::tcp::socket socket(loop);
    socket.connect({asio::ip::address_v4::loopback(), port});
    http::write(socket, asked);
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(reply_limit);
    http::read(socket, buffer, parser);
    return parser.release();
}

}  // namespace

control_client::control_client(const std::string& url) {
    const auto parsed = core::parse_base_url(url);
    if (!parsed)
        throw std::runtime_error("not the URL of a control endpoint: " + url);
    port_ = parsed->port;
}

nlohmann::json control_client::get(const std::string& path) const {
    return ask("GET", path, "");
}

nlohmann::json control_client::post(const std::string& path, const nlohmann::json& body) const {
    return ask("POST", path, body.dump());
}

nlohmann::json control_client::del(const std::string& path) const {
    return ask("DELETE", path, "");
}

nlohmann::json control_client::ask(const std::string& method, const std::string& path,
                                   const std::string& body) const {
    http::request<http::string_body> asked(http::string_to_verb(method), path, 11);
    asked.set(http::field::host, "127.0.0.1:" + std::to_string(port_));
    asked.set(http::field::connection, "close");
    asked.body() = body;
    asked.prepare_payload();
    const auto answer = send(port_, asked);
    if (answer.result_int() != 200)
        throw std::runtime_error(method + " " + path + ": " + std::to_string(answer.result_int()) + " " +
                                 answer.body());
    return nlohmann::json::parse(answer.body());
}

}  // namespace tunnelkeyd::simulator
