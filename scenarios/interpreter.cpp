#include "scenarios/interpreter.hpp"

#include "sim/assert.hpp"

namespace onceward::scenarios {

using models::StatementResult;
using models::Status;

namespace {

// Ends with the coroutine that runs it, however that ends.
class FrameHolder {
 public:
  explicit FrameHolder(Frame* frame) : frame_(frame) {}
  ~FrameHolder() { delete frame_; }
  FrameHolder(const FrameHolder&) = delete;
  FrameHolder& operator=(const FrameHolder&) = delete;

 private:
  Frame* frame_;
};

models::Query query_of(const Frame& frame, const Step& step) {
  models::Query query;
  query.table = step.part;
  query.where = &frame;
  query.order_by = step.order_by;
  query.descending = step.descending;
  query.limit = step.limit;
  query.lock = step.lock;
  return query;
}

// One statement on a database.
sim::Task<> run_statement(Frame* frame, const Step* step) {
  models::Database* database = frame->components->databases[step->component];
  const models::Tx tx = frame->transaction(*step);
  const sim::Site& site = *step->site;
  switch (step->kind) {
    case StepKind::begin: {
      models::BeginOptions options;
      options.isolation = step->isolation;
      options.stamped = frame->handler->asks_when;
      const models::Tx opened = co_await database->begin(options, site);
      frame->begun(*step, opened);
      frame->answered(*step, Status::ok, 0);
      co_return;
    }
    case StepKind::insert: {
      frame->prepare_row(*step);
      const StatementResult result =
          co_await database->insert(tx, step->part, frame->row, step->on_conflict, site);
      frame->answered(*step, result.status, result.rows);
      co_return;
    }
    case StepKind::select: {
      const models::Query query = query_of(*frame, *step);
      const StatementResult result = co_await database->select(tx, query, frame->found, site);
      frame->answered(*step, result.status, result.rows);
      co_return;
    }
    case StepKind::update: {
      const StatementResult result =
          co_await database->update(tx, step->part, *frame, *frame, site);
      frame->answered(*step, result.status, result.rows);
      co_return;
    }
    case StepKind::erase: {
      const StatementResult result = co_await database->erase(tx, step->part, *frame, site);
      frame->answered(*step, result.status, result.rows);
      co_return;
    }
    default: {
      const Status status = co_await database->commit(tx, site);
      frame->answered(*step, status, 0);
    }
  }
}

// One operation on a store.
sim::Task<> run_on_store(Frame* frame, const Step* step) {
  models::KeyValueStore* store = frame->components->stores[step->component];
  const sim::Site& site = *step->site;
  frame->key = frame->evaluate(step->key);
  switch (step->kind) {
    case StepKind::put: {
      models::PutSpec put;
      put.key = frame->key;
      put.value = frame->evaluate(step->value);
      put.ttl = step->ttl;
      put.only = step->put_if;
      frame->values.push_back({step->word.get(), put.value});
      const models::StoreResult result = co_await store->put(put, site);
      frame->answered(*step, result.status, result.rows);
      co_return;
    }
    case StepKind::get: {
      const models::StoreResult result = co_await store->get(frame->key, site);
      frame->answered(*step, result.status, result.rows, result.value);
      co_return;
    }
    default: {
      const models::StoreResult result = co_await store->remove(frame->key, site);
      frame->answered(*step, result.status, result.rows);
    }
  }
}

// A wait for the process's own memory, and what durable timers are kept in.
sim::Task<> run_of_process(Frame* frame, const Step* step) {
  const sim::Site& site = *step->site;
  switch (step->kind) {
    case StepKind::wait_until: {
      co_await frame->memory->wait_until(*frame, site);
      co_return;
    }
    case StepKind::lock: {
      const models::LockId lock = frame->lock_id(*step);
      co_await frame->memory->lock(lock, site);
      frame->enter_locked(*step);
      co_return;
    }
    case StepKind::arm: {
      const models::Arming arming = frame->arming(*step);
      const models::TimerOperation::Result result = co_await frame->timers->arm(arming, site);
      frame->answered(*step, result.status, result.rows);
      co_return;
    }
    default: {
      const models::Arming which = frame->arming(*step);
      const models::TimerOperation::Result result = co_await frame->timers->disarm(which, site);
      frame->answered(*step, result.status, result.rows);
    }
  }
}

// One phase of a two-phase commit, or a look at what is prepared.
sim::Task<> run_phase(Frame* frame, const Step* step) {
  models::Database* database = frame->components->databases[step->component];
  const sim::Site& site = *step->site;
  if (step->kind == StepKind::prepared) {
    const StatementResult result = co_await database->prepared(frame->found, site);
    frame->answered(*step, result.status, result.rows);
    co_return;
  }
  const models::Tx tx = frame->transaction(*step);
  const sim::Value id = frame->evaluate(step->id);
  Status status = Status::ok;
  if (step->kind == StepKind::prepare) {
    status = co_await database->prepare(tx, id, site);
  } else if (step->kind == StepKind::commit_prepared) {
    status = co_await database->commit_prepared(id, site);
  } else {
    status = co_await database->rollback_prepared(id, site);
  }
  frame->answered(*step, status, 0);
}

// A publish of an event for each of several rows. Of none there is nothing to send.
sim::Task<> run_bulk(Frame* frame, const Step* step) {
  frame->prepare_batch(*step);
  if (frame->batch.items.empty()) {
    frame->world->running()->next_name = nullptr;
    frame->answered_bulk(*step, Status::ok);
    co_return;
  }
  models::Log& log = *frame->components->brokers[step->component];
  const Status status = co_await models::AppendBatch(log, step->part, frame->batch, *step->site);
  frame->answered_bulk(*step, status);
}

// One operation on anything else.
sim::Task<> run_operation(Frame* frame, const Step* step) {
  sim::World& world = *frame->world;
  const sim::Site& site = *step->site;
  switch (step->kind) {
    case StepKind::publish: {
      frame->prepare_message(*step);
      models::Log* log = frame->components->brokers[step->component];
      models::ProducerSettings settings;
      settings.resends = step->resends;
      const Status status = co_await models::produce(log, step->part, &frame->message, settings,
                                                     &site, &frame->sending);
      frame->answered(*step, status, 1);
      co_return;
    }
    case StepKind::ack: {
      models::Group* group = frame->handling->group;
      const Status status = co_await group->ack(*frame->handling, site);
      frame->answered(*step, status, 0);
      co_return;
    }
    case StepKind::nack: {
      models::Group* group = frame->handling->group;
      const Status status = co_await group->nack(*frame->handling, step->requeue, site);
      frame->answered(*step, status, 0);
      co_return;
    }
    case StepKind::call: {
      models::ExternalService* service = frame->components->externals[step->component];
      models::CallSpec call;
      call.operation = step->word.get();
      call.of = frame->evaluate(step->value);
      if (step->has_key) call.idempotency_key = frame->evaluate(step->key);
      frame->prepare_values(*step);
      call.values = &frame->values;
      const Status status = co_await service->call(call, site);
      frame->answered(*step, status, 0);
      co_return;
    }
    case StepKind::effect: {
      const sim::Value of = frame->evaluate(step->value);
      frame->prepare_values(*step);
      models::Ledger& ledger = *frame->components->ledger;
      co_await models::ImmediateEffect(world, ledger, *step->word, of, site,
                                       models::kStatementWindow, &frame->values);
      frame->answered(*step, Status::ok, 0);
      co_return;
    }
    default: {
      world.trace(world.running()->process->name(), [&](sim::TraceEntry& entry) {
        entry.text = "waits " + sim::window_text(step->window);
        entry.site = site.text;
      });
      co_await sim::Sleep(world, site, step->window);
      frame->answered(*step, Status::ok, 0);
    }
  }
}

bool is_statement(StepKind kind) {
  return kind == StepKind::begin || kind == StepKind::insert || kind == StepKind::select ||
         kind == StepKind::update || kind == StepKind::erase || kind == StepKind::commit;
}

bool is_on_store(StepKind kind) {
  return kind == StepKind::put || kind == StepKind::get || kind == StepKind::remove;
}

bool is_phase(StepKind kind) {
  return kind == StepKind::prepare || kind == StepKind::commit_prepared ||
         kind == StepKind::rollback_prepared || kind == StepKind::prepared;
}

}  // namespace

sim::Task<> run_steps(Frame* frame) {
  const FrameHolder holder(frame);
  frame->activity = frame->world->running();
  frame->activity->exact = frame;
  if (!frame->enter_pool()) {
    co_await frame->pool->turn(*frame->world, *frame->handler->site);
  }
  while (const Step* step = frame->next()) {
    frame->world->running()->next_name = step->name.get();
    frame->world->running()->takes = step->takes ? &*step->takes : nullptr;
    if (is_statement(step->kind)) {
      co_await run_statement(frame, step);
    } else if (is_on_store(step->kind)) {
      co_await run_on_store(frame, step);
    } else if (is_of_process(step->kind)) {
      co_await run_of_process(frame, step);
    } else if (is_phase(step->kind)) {
      co_await run_phase(frame, step);
    } else if (step->kind == StepKind::all || step->kind == StepKind::first) {
      frame->branch(*step);
      co_await Join(*frame, *step->site);
      frame->joined(*step);
    } else if (step->is_bulk()) {
      co_await run_bulk(frame, step);
    } else {
      co_await run_operation(frame, step);
    }
  }
  frame->finish();
  if (frame->pool != nullptr) frame->pool->leave(*frame->world);
  frame->world->running()->exact = nullptr;
}

namespace {

// The pass of an `every` handler.
class Pass final : public sim::Periodic {
 public:
  Pass(sim::World& world, sim::Process& process, const Handler& handler, ScenarioService& service)
      : Periodic(world, process, *handler.site, handler.period, handler.overlap),
        handler_(&handler),
        service_(&service) {}

 private:
  sim::Task<> start_pass() override { return service_->on_pass(handler_); }
  [[nodiscard]] bool starts_alone() const override { return handler_->starts_alone; }
  const Handler* handler_;
  ScenarioService* service_;
};

}  // namespace

void ScenarioService::start(sim::World& world, sim::Process& process) {
  for (const Handler& handler : description_->handlers) {
    if (handler.on == Handler::On::every) {
      periodics_.push_back(new Pass(world, process, handler, *this));
    } else if (handler.on == Handler::On::start) {
      process.spawn(world, *handler.site, nullptr, [&] { return run_steps(frame_of(handler)); });
    }
  }
}

Frame* ScenarioService::frame_of(const Handler& handler) {
  auto* frame = new Frame(*world_, *components_, handler);
  frame->memory = &memory_;
  frame->timers = timers_;
  if (handler.pool != kNone) frame->pool = pools_[handler.pool];
  return frame;
}

ScenarioService::~ScenarioService() {
  for (sim::Periodic* periodic : periodics_) delete periodic;
  for (models::Pool* pool : pools_) delete pool;
}

sim::Task<> ScenarioService::on_request(models::RequestHandling* handling) {
  const Handler& handler = description_->handlers[handling->order().handler];
  Frame* frame = frame_of(handler);
  frame->request = handling;
  return run_steps(frame);
}

sim::Task<> ScenarioService::on_message(models::Handling* handling) {
  const Handler& handler = description_->handlers[handling->group->spec().handler];
  Frame* frame = frame_of(handler);
  frame->handling = handling;
  return run_steps(frame);
}

sim::Task<> ScenarioService::on_pass(const Handler* handler) {
  return run_steps(frame_of(*handler));
}

sim::Task<> ScenarioService::on_timer(models::Timer* timer) {
  Frame* frame = frame_of(description_->handlers[timer->spec().handler]);
  frame->timer = timer;
  return run_steps(frame);
}

}  // namespace onceward::scenarios
