// Made by scripts/generate-database-types.mjs from supabase/schemas: run `npm run gen`, do not edit.
import type { Json } from "../core/json.ts";

/** The API's tables and verbs, for `createClient<Database>`. Nobody inserts or updates rows: people write through verbs. */
export type Database = {
  public: {
    Tables: {
      approvals: {
        Row: {
          id: string;
          run_id: string;
          step_key: string;
          item_path: number[];
          attempt: number;
          workspace_id: string;
          purpose: "approval" | "form" | "verifier" | "reconcile";
          title: string;
          message: string | null;
          payload: Json | null;
          editable: Json | null;
          form: Json | null;
          approvers: Json;
          on_timeout: "fail" | "rejected";
          status: "open" | "approved" | "rejected" | "submitted" | "expired" | "cancelled";
          votes: Json;
          response: Json | null;
          opened_at: string;
          expires_at: string | null;
          decided_at: string | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "approvals_run_id_fkey";
            columns: ["run_id"];
            isOneToOne: false;
            referencedRelation: "runs";
            referencedColumns: ["id"];
          },
        ];
      };
      artifacts: {
        Row: {
          id: string;
          run_id: string;
          step_key: string | null;
          item_path: number[];
          attempt: number | null;
          workspace_id: string;
          kind: string;
          title: string;
          mime: string;
          bytes: number;
          sha256: string;
          body: string | null;
          path: string | null;
          url: string | null;
          created_at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "artifacts_run_id_fkey";
            columns: ["run_id"];
            isOneToOne: false;
            referencedRelation: "runs";
            referencedColumns: ["id"];
          },
        ];
      };
      attempt_payloads: {
        Row: {
          run_id: string;
          step_key: string;
          item_path: number[];
          n: number;
          workspace_id: string;
          inputs: Json | null;
          calls: Json;
          logs: Json;
          error_detail: Json | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [];
      };
      attempts: {
        Row: {
          run_id: string;
          step_key: string;
          item_path: number[];
          n: number;
          workspace_id: string;
          worker: string;
          started_at: string;
          finished_at: string | null;
          queued_ms: number;
          outcome: "succeeded" | "failed" | "skipped" | "parked" | "handed_over" | "cancelled" | "lost" | null;
          error: Json | null;
          start_marker_at: string | null;
          active_ms: number;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [];
      };
      audit_log: {
        Row: {
          workspace_id: string;
          n: number;
          actor: string | null;
          verb: string;
          subject: string;
          data: Json;
          at: string;
          prev_hash: string;
          hash: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [];
      };
      connections: {
        Row: {
          id: string;
          workspace_id: string;
          slug: string;
          kind: "http" | "mcp" | "anthropic" | "openai" | "openai-compatible" | "signing";
          title: string;
          base_url: string | null;
          hosts: string[];
          config: Json;
          has_secret: boolean;
          limits: Json | null;
          held_until: string | null;
          status: "active" | "failing";
          created_by: string | null;
          created_at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "connections_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      drafts: {
        Row: {
          workflow_id: string;
          workspace_id: string;
          doc: Json;
          revision: number;
          updated_by: string | null;
          updated_at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "drafts_workflow_id_fkey";
            columns: ["workflow_id"];
            isOneToOne: true;
            referencedRelation: "workflows";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "drafts_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      firing_payloads: {
        Row: {
          firing_id: number;
          workspace_id: string;
          event: Json;
          raw: string | null;
          raw_path: string | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "firing_payloads_firing_id_fkey";
            columns: ["firing_id"];
            isOneToOne: true;
            referencedRelation: "firings";
            referencedColumns: ["id"];
          },
        ];
      };
      firings: {
        Row: {
          id: number;
          workspace_id: string;
          workflow_id: string;
          trigger_id: string | null;
          dedupe_key: string;
          body_hash: string | null;
          status: "pending" | "held" | "fired" | "skipped" | "failed";
          due_at: string;
          slot_at: string | null;
          source_run: string | null;
          depth: number;
          tries: number;
          run_id: string | null;
          error: Json | null;
          created_at: string;
          closed_at: string | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "firings_trigger_id_fkey";
            columns: ["trigger_id"];
            isOneToOne: false;
            referencedRelation: "triggers";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "firings_workflow_id_fkey";
            columns: ["workflow_id"];
            isOneToOne: false;
            referencedRelation: "workflows";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "firings_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      hook_paths: {
        Row: {
          trigger_id: string;
          workspace_id: string;
          path: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "hook_paths_trigger_id_fkey";
            columns: ["trigger_id"];
            isOneToOne: true;
            referencedRelation: "triggers";
            referencedColumns: ["id"];
          },
        ];
      };
      lanes: {
        Row: {
          workspace_id: string;
          name: string;
          title: string;
          colour: string;
          position: number;
          wip_limit: number | null;
          paused: boolean;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "lanes_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      members: {
        Row: {
          workspace_id: string;
          user_id: string;
          role: "owner" | "editor" | "operator" | "viewer";
          may_see_payloads: boolean;
          created_at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "members_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      operation_runs: {
        Row: {
          operation_id: string;
          run_id: string;
          workspace_id: string;
          n: number;
          status: "pending" | "done" | "set_aside" | "failed";
          reason: string | null;
          made: string | null;
          prior_code: string | null;
          watched: boolean;
          at: string | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "operation_runs_operation_id_fkey";
            columns: ["operation_id"];
            isOneToOne: false;
            referencedRelation: "operations";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "operation_runs_run_id_fkey";
            columns: ["run_id"];
            isOneToOne: false;
            referencedRelation: "runs";
            referencedColumns: ["id"];
          },
        ];
      };
      operations: {
        Row: {
          id: string;
          workspace_id: string;
          verb: "retry" | "cancel" | "move";
          filter: Json;
          options: Json;
          canary: number[] | null;
          stage: number;
          status: "running" | "done" | "stopped" | "aborted";
          reason: string | null;
          total: number;
          done: number;
          set_aside: number;
          failed: number;
          created_by: string;
          created_at: string;
          touched_at: string;
          finished_at: string | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "operations_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      profiles: {
        Row: {
          user_id: string;
          email: string | null;
          display_name: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [];
      };
      proofs: {
        Row: {
          run_id: string;
          n: number;
          workspace_id: string;
          step_key: string;
          item_path: number[];
          attempt: number;
          verifier: string;
          kind: string;
          required: boolean;
          verdict: "passed" | "failed" | "error";
          score: number | null;
          evidence: Json;
          evidence_hash: string;
          prev_hash: string;
          hash: string;
          at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "proofs_run_id_fkey";
            columns: ["run_id"];
            isOneToOne: false;
            referencedRelation: "runs";
            referencedColumns: ["id"];
          },
        ];
      };
      rollups: {
        Row: {
          workspace_id: string;
          workflow_id: string;
          lane: string;
          hour: string;
          started: number;
          succeeded: number;
          failed: number;
          cancelled: number;
          resumed: number;
          queued_ms: number;
          duration_ms: number;
          duration_buckets: number[];
          attempts_succeeded: number;
          attempts_failed: number;
          attempts_lost: number;
          attempts_other: number;
          tokens_in: number;
          tokens_out: number;
          cost_usd: number;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "rollups_workflow_id_fkey";
            columns: ["workflow_id"];
            isOneToOne: false;
            referencedRelation: "workflows";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "rollups_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      run_events: {
        Row: {
          run_created_at: string;
          run_id: string;
          seq: number;
          workspace_id: string;
          kind: string;
          step_key: string | null;
          item_path: number[] | null;
          status: string;
          attempt: number | null;
          at: string;
          data: Json;
          counts: Json | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [];
      };
      run_payloads: {
        Row: {
          run_id: string;
          workspace_id: string;
          input: Json;
          output: Json | null;
          override: Json | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "run_payloads_run_id_fkey";
            columns: ["run_id"];
            isOneToOne: true;
            referencedRelation: "runs";
            referencedColumns: ["id"];
          },
        ];
      };
      runs: {
        Row: {
          id: string;
          workspace_id: string;
          workflow_id: string;
          version: number;
          plan_hash: string;
          title: string;
          mode: "live" | "dry_run" | "sandbox";
          status: string;
          waiting_for: Json | null;
          lane: string;
          priority: number;
          deadline_at: string | null;
          trigger: Json;
          idempotency_key: string | null;
          retry_of: string | null;
          retry_mode: string | null;
          retry_count: number;
          key_run: string;
          parent_run_id: string | null;
          parent_step: string | null;
          parent_item: number[] | null;
          counts: Json;
          usage: Json;
          last_seq: number;
          proof_head: string | null;
          proof_count: number;
          error: Json | null;
          cancel_requested_at: string | null;
          cancelled_by: string | null;
          rolled_back_at: string | null;
          ending: Json | null;
          paused_at: string | null;
          paused_by: string | null;
          max_parallel: number;
          limit_key: string | null;
          limit_max: number | null;
          rate_key: string | null;
          rate_max: number | null;
          rate_ms: number | null;
          rate_at: string | null;
          debounce_key: string | null;
          budgets: Json | null;
          budget_warning: string | null;
          admitted_at: string | null;
          last_move: string;
          move_seq: number;
          created_by: string | null;
          created_at: string;
          started_at: string | null;
          finished_at: string | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [];
      };
      step_payloads: {
        Row: {
          run_id: string;
          step_key: string;
          item_path: number[];
          workspace_id: string;
          output: Json | null;
          checks: Json | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [];
      };
      steps: {
        Row: {
          run_id: string;
          step_key: string;
          item_path: number[];
          workspace_id: string;
          plan_step: number;
          node_id: string;
          kind: string;
          role: string | null;
          title: string;
          rank: number;
          priority: number;
          lane: string;
          status: string;
          last_move: string;
          waiting_for: Json | null;
          attempt: number;
          attempt_limit: number;
          tries: number;
          crashes: number;
          remaining_deps: number;
          dead_deps: number;
          due_at: string | null;
          lease_until: string | null;
          deadline_at: string | null;
          worker: string | null;
          start_marker_at: string | null;
          port: string | null;
          output_is_fallback: boolean;
          keeps_output: boolean;
          reused_from: string | null;
          error: Json | null;
          verification: string;
          items_total: number | null;
          items_started: number;
          items_done: number;
          items_failed: number;
          started_at: string | null;
          finished_at: string | null;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [];
      };
      tools: {
        Row: {
          workspace_id: string;
          connection: string;
          name: string;
          title: string;
          description: string;
          input_schema: Json;
          output_schema: Json | null;
          annotations: Json;
          effect: "pure" | "read" | "idempotent" | "at_most_once";
          effect_from: "annotation" | "author" | "default";
          schema_hash: string;
          status: "active" | "changed" | "missing";
          seen_at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "tools_workspace_id_connection_fkey";
            columns: ["workspace_id","connection"];
            isOneToOne: false;
            referencedRelation: "connections";
            referencedColumns: ["workspace_id","slug"];
          },
        ];
      };
      triggers: {
        Row: {
          id: string;
          workspace_id: string;
          workflow_id: string;
          key: string;
          kind: "trigger-webhook" | "trigger-schedule" | "trigger-workflow";
          config: Json;
          compiled: Json;
          live: boolean;
          enabled: boolean;
          source_id: string | null;
          cursor_at: string | null;
          next_at: string | null;
          last_at: string | null;
          created_at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "triggers_workflow_id_fkey";
            columns: ["workflow_id"];
            isOneToOne: false;
            referencedRelation: "workflows";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "triggers_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      versions: {
        Row: {
          workflow_id: string;
          n: number;
          workspace_id: string;
          name: string;
          channel: "published" | "test";
          graph: Json;
          plan: Json;
          plan_title: string | null;
          plan_input: Json | null;
          plan_settings: Json | null;
          plan_counts: Json | null;
          plan_hash: string;
          created_by: string | null;
          created_at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "versions_workflow_id_fkey";
            columns: ["workflow_id"];
            isOneToOne: false;
            referencedRelation: "workflows";
            referencedColumns: ["id"];
          },
          {
            foreignKeyName: "versions_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      workflows: {
        Row: {
          id: string;
          workspace_id: string;
          slug: string;
          title: string;
          description: string;
          status: "active" | "paused" | "archived";
          live_version: number | null;
          error_workflow: string | null;
          is_skill: boolean;
          is_template: boolean;
          tags: string[];
          created_by: string | null;
          created_at: string;
          updated_at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [
          {
            foreignKeyName: "workflows_workspace_id_fkey";
            columns: ["workspace_id"];
            isOneToOne: false;
            referencedRelation: "workspaces";
            referencedColumns: ["id"];
          },
        ];
      };
      workspaces: {
        Row: {
          id: string;
          slug: string;
          name: string;
          max_open_runs: number;
          created_by: string | null;
          created_at: string;
        };
        Insert: Record<string, never>;
        Update: Record<string, never>;
        Relationships: [];
      };
    };
    Views: Record<never, never>;
    Functions: {
      abort_operation: {
        Args: {
          operation: string;
        };
        Returns: Json;
      };
      add_member: {
        Args: {
          workspace: string;
          email: string | null;
          role: string | null;
          may_see_payloads?: boolean | null;
        };
        Returns: Database["public"]["Tables"]["members"]["Row"];
      };
      bulk_cancel: {
        Args: {
          workspace: string;
          filter: Json;
          options?: Json;
        };
        Returns: Json;
      };
      bulk_move: {
        Args: {
          workspace: string;
          filter: Json;
          options: Json;
        };
        Returns: Json;
      };
      bulk_retry: {
        Args: {
          workspace: string;
          filter: Json;
          options?: Json;
        };
        Returns: Json;
      };
      cancel_run: {
        Args: {
          run: string;
        };
        Returns: Json;
      };
      change_member: {
        Args: {
          workspace: string;
          member: string;
          role?: string | null;
          may_see_payloads?: boolean | null;
        };
        Returns: Database["public"]["Tables"]["members"]["Row"];
      };
      create_workflow: {
        Args: {
          workspace: string;
          slug: string | null;
          title: string | null;
          description?: string | null;
          doc?: Json;
        };
        Returns: Database["public"]["Tables"]["workflows"]["Row"];
      };
      create_workspace: {
        Args: {
          name: string | null;
        };
        Returns: Database["public"]["Tables"]["workspaces"]["Row"];
      };
      decide_approval: {
        Args: {
          approval: string;
          verdict: string | null;
          comment?: string | null;
          payload?: Json;
        };
        Returns: Json;
      };
      delete_connection: {
        Args: {
          workspace: string;
          slug: string | null;
        };
        Returns: Json;
      };
      engine_status: {
        Args: {
          workspace: string;
        };
        Returns: Json;
      };
      move_run: {
        Args: {
          run: string;
          lane: string | null;
        };
        Returns: Json;
      };
      pause_run: {
        Args: {
          run: string;
        };
        Returns: Json;
      };
      remove_member: {
        Args: {
          workspace: string;
          member: string;
        };
        Returns: Json;
      };
      resume_run: {
        Args: {
          run: string;
        };
        Returns: Json;
      };
      retry_preview: {
        Args: {
          run: string;
          mode?: string | null;
          step?: string | null;
          version?: string | null;
          decisions?: Json;
        };
        Returns: Json;
      };
      retry_run: {
        Args: {
          run: string;
          mode?: string | null;
          step?: string | null;
          input?: Json;
          version?: string | null;
          decisions?: Json;
        };
        Returns: Json;
      };
      save_draft: {
        Args: {
          workflow: string;
          doc: Json;
          revision: number;
        };
        Returns: Json;
      };
      send_signal: {
        Args: {
          run: string;
          name: string | null;
          payload?: Json;
        };
        Returns: Json;
      };
      set_lane: {
        Args: {
          workspace: string;
          name: string | null;
          patch: Json;
        };
        Returns: Database["public"]["Tables"]["lanes"]["Row"];
      };
      set_trigger: {
        Args: {
          trigger: string;
          patch: Json;
        };
        Returns: Database["public"]["Tables"]["triggers"]["Row"];
      };
      set_workspace: {
        Args: {
          workspace: string;
          patch: Json;
        };
        Returns: Database["public"]["Tables"]["workspaces"]["Row"];
      };
      signal_runs: {
        Args: {
          workspace: string;
          name: string | null;
          payload?: Json;
          filter?: Json;
        };
        Returns: Json;
      };
      start_run: {
        Args: {
          workflow: string;
          input?: Json;
          options?: Json;
        };
        Returns: Json;
      };
      submit_form: {
        Args: {
          approval: string;
          answers: Json;
        };
        Returns: Json;
      };
      top_up_run: {
        Args: {
          run: string;
          budgets: Json;
        };
        Returns: Json;
      };
      update_workflow: {
        Args: {
          workflow: string;
          patch: Json;
        };
        Returns: Database["public"]["Tables"]["workflows"]["Row"];
      };
    };
    Enums: Record<never, never>;
    CompositeTypes: Record<never, never>;
  };
};

/** A row as REST returns it. */
export type Row<T extends keyof Database["public"]["Tables"]> = Database["public"]["Tables"][T]["Row"];
