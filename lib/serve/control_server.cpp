#include "serve/control_server.hpp"

#include "serve/accept.hpp"
#include "serve/listen_local.hpp"
#include "serve/server_state.hpp"

#include <utility>

namespace tunnelkeyd::serve {

/// The socket's file, for as long as it is listened to.
struct control_server::listening {
    ~listening() { remove_socket(path, file); }

    std::string path;
    file_identity file;
};

control_server::control_server(boost::asio::io_context& loop, const std::string& socket, look look_at,
                               const metrics_registry& metrics, operations& asked, ports::log& log,
                               server_limits limits) {
    auto listener = listen_at(loop, socket);
    file_.reset(new listening{socket, listener.file});
    state_ =
        std::make_shared<server_state>(loop, std::move(listener.acceptor), std::move(look_at), metrics, limits);
    state_->control.reset(new control_part{asked, socket, denials(log)});
    begin_accepting(state_);
}

control_server::~control_server() {
    // Before anybody can see that nobody listens any more, and put a file of their own there.
    file_.reset();
    state_->stop();
}

}  // namespace tunnelkeyd::serve
