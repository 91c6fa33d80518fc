#include "simulator/listen.hpp"

#include <stdexcept>
#include <string>

namespace tunnelkeyd::simulator {

using boost::asio::ip::tcp;

tcp::acceptor listen_on_loopback(boost::asio::io_context& loop, std::uint16_t port) {
    try {
        return {loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), port)};
    } catch (const boost::system::system_error& failed) {
        throw std::runtime_error("cannot listen at 127.0.0.1:" + std::to_string(port) + ": " +
                                 failed.code().message() +
                                 "; end what listens there (ss -ltnp), or choose another port");
    }
}

}  // namespace tunnelkeyd::simulator
