#include "study/web/server.h"

#include <httplib.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "study/web/api.h"
#include "study/web/assets.h"
#include "study/web/guard.h"

namespace kerasan::study {
namespace {

constexpr const char* kLoopback = "127.0.0.1";
constexpr std::size_t kMostBody = std::size_t{1} << 20;
constexpr std::size_t kThreads = 64;  // each kept connection of a browser holds one

const httplib::Headers kHeaders = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
     "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"}};

const char* type_of(const std::string& name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return name.ends_with(".svg") ? "image/svg+xml" : "text/javascript; charset=utf-8";
}

void answer(httplib::Response& response, int status, const nlohmann::json& body) {
  response.status = status;
  response.set_content(body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                       "application/json");
}

int bound_port(httplib::Server& server, int wanted) {
  server.set_socket_options([](int socket) {  // without SO_REUSEPORT: one server for a port
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  if (wanted != 0 && server.bind_to_port(kLoopback, wanted)) return wanted;
  const int port = wanted == 0 ? server.bind_to_any_port(kLoopback) : -1;
  if (port < 0) throw InputError("port " + std::to_string(wanted) + " cannot be used");
  return port;
}

class Workbench {
 public:
  explicit Workbench(const ServerOptions& options)
      : kept_(options.project),
        guard_(bound_port(server_, options.port),
               options.token.empty() ? new_token() : options.token) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };  // it takes it over
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(1000);
    server_.set_keep_alive_timeout(2);  // also the time that a stop may take
    server_.set_payload_max_length(kMostBody);
    server_.set_default_headers(kHeaders);
    add_routes();
  }

  std::string address() const { return guard_.address(); }
  void listen() { server_.listen_after_bind(); }
  void stop() { server_.stop(); }

 private:
  using Request = httplib::Request;
  using Response = httplib::Response;

  // Runs what a request asks for. Each has its own connection to the store, which a failed change
  // cannot leave in the middle of a transaction.
  template <typename Act>
  void carry_out(const Request& request, Response& response, const Act& act) const {
    if (!guard_.knows_token(request.get_header_value("Authorization"))) {
      return answer(response, 401, {{"error", "the token is wrong"}});
    }
    try {
      Project project(kept_.database().path());
      answer(response, 200, act(project));
    } catch (const DecidedMeanwhile& error) {
      answer(response, 409, {{"error", error.what()}});
    } catch (const InputError& error) {
      answer(response, 400, {{"error", error.what()}});
    } catch (const nlohmann::json::exception&) {
      answer(response, 400, {{"error", "the request is not JSON"}});
    } catch (const std::exception& error) {
      answer(response, 500, {{"error", error.what()}});
    }
  }

  void give_asset(const std::string& name, Response& response) const {
    const std::string_view text = asset(name);
    if (text.empty()) return answer(response, 404, {{"error", "there is no such page"}});
    response.set_content(text.data(), text.size(), type_of(name));
  }

  void add_routes() {
    server_.set_pre_routing_handler([this](const Request& request, Response& response) {
      std::optional<std::string> origin;
      if (request.has_header("Origin")) origin = request.get_header_value("Origin");
      if (guard_.from_here(request.get_header_value("Host"), origin)) {
        return httplib::Server::HandlerResponse::Unhandled;
      }
      answer(response, 403, {{"error", "only this server's own page may ask"}});
      return httplib::Server::HandlerResponse::Handled;
    });
    server_.Get("/",
                [this](const Request&, Response& response) { give_asset("index.html", response); });
    server_.Get("/([a-z]+\\.[a-z]+)", [this](const Request& request, Response& response) {
      give_asset(request.matches[1], response);
    });
    server_.Get("/api/([a-z]+)", [this](const Request& request, Response& response) {
      carry_out(request, response, [&](Project& project) {
        const Query query(request.params.begin(), request.params.end());
        return api_get(project, request.matches[1], query);
      });
    });
    server_.Post("/api/([a-z]+)", [this](const Request& request, Response& response) {
      carry_out(request, response, [&](Project& project) {
        return api_post(project, request.matches[1], nlohmann::json::parse(request.body));
      });
    });
  }

  Project kept_;  // open all the time: the last connection to close would empty the log each time
  httplib::Server server_;
  Guard guard_;
};

std::atomic<bool> asked_to_stop{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // so a signal handler may set it

// Calls `stop` after SIGINT or SIGTERM.
class StopOnSignal {
 public:
  explicit StopOnSignal(std::function<void()> stop)
      : thread_([this, stop = std::move(stop)] {
          while (!done_) {  // again and again: before it listens, a server cannot be stopped
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            if (asked_to_stop) stop();
          }
        }) {
    struct sigaction action {};
    action.sa_handler = [](int) { asked_to_stop = true; };
    for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  }
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  ~StopOnSignal() {
    done_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace

void serve(const ServerOptions& options, const std::function<void(const std::string&)>& ready) {
  Workbench workbench(options);
  const StopOnSignal stop([&] { workbench.stop(); });
  ready(workbench.address());
  workbench.listen();
}

}  // namespace kerasan::study
