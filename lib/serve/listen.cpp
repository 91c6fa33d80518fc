#include "serve/listen.hpp"

#include "serve/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/system/system_error.hpp>

namespace tunnelkeyd::serve {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
namespace errc = boost::system::errc;

namespace {

const char* remedy_for(const error_code& error) {
    if (error == errc::address_in_use)
        return "choose another health.listen, or end what listens there";
    if (error == errc::address_not_available)
        return "choose another health.listen, or give this machine that address";
    if (error == errc::permission_denied)
        return "choose another health.listen; a port below 1024 needs CAP_NET_BIND_SERVICE";
    return "choose another health.listen";
}

listen_error cannot_listen(const std::string& where, const error_code& error) {
    const bool temporary = error == errc::address_in_use || error == errc::address_not_available;
    return {"cannot listen on " + where + ": " + error.message() + "; " + remedy_for(error), temporary};
}

}  // namespace

tcp::acceptor listen_at(asio::io_context& loop, const core::listen_address& where) {
    error_code error;
    const auto address = asio::ip::make_address(where.address, error);
    if (error)
        throw cannot_listen('"' + where.address + '"', error);
    const tcp::endpoint endpoint(address, where.port);
    try {
        tcp::acceptor made(loop, endpoint.protocol());
        // A restart must not wait for the old connections' TIME_WAIT; a port with a listener stays refused.
        made.set_option(tcp::acceptor::reuse_address(true));
        if (address.is_v6())
            made.set_option(asio::ip::v6_only(true));
        made.bind(endpoint);
        made.listen();
        return made;
    } catch (const boost::system::system_error& failure) {
        throw cannot_listen(text_of(endpoint), failure.code());
    }
}

std::string text_of(const tcp::endpoint& where) {
    const auto address = where.address().to_string();
    return (where.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(where.port());
}

}  // namespace tunnelkeyd::serve
